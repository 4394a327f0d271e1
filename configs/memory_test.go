package configs

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestHostileTextIsCheap reads text of the largest size made to be dear. All
// that is allocated counts, garbage too, which bounds the memory in use from
// above.
func TestHostileTextIsCheap(t *testing.T) {
	fill := func(unit string) []byte { return bytes.Repeat([]byte(unit), maxFileSize/len(unit)) }
	var keys, anchors, lists bytes.Buffer
	for i := 0; keys.Len() < maxFileSize-20; i++ {
		fmt.Fprintf(&keys, "k%d: 1\n", i)
	}
	anchors.WriteString("a0: &a0 [x]\n")
	for i := 1; anchors.Len() < maxFileSize-1000; i++ {
		fmt.Fprintf(&anchors, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	lists.WriteString("model: {hidden: [")
	lists.Write(bytes.Repeat([]byte("1,"), maxFileSize/2-20))
	lists.WriteString("1]}")
	for name, text := range map[string][]byte{
		"keys":                  keys.Bytes(),
		"one key over and over": fill("k: 1\n"),
		"exploding aliases":     anchors.Bytes(),
		"a list for a number":   lists.Bytes(),
		"list of lists":         fill("[[],"),
		"brackets":              fill("["),
		"empty keys":            fill("?\n"),
		"tags":                  fill("!!binary "),
		"quotes":                append([]byte(`name: "`), fill(`\"`)...)[:maxFileSize],
		"a number":              append([]byte("seed: "), fill("9")[:maxFileSize-6]...),
		"more than the most":    make([]byte, 20<<20),
		"merge keys":            append([]byte("a: &a {k: 1}\n"), fill("<<: *a\n")[:maxFileSize-20]...),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Parse("hostile.yaml", text, nil, testKinds)
			runtime.ReadMemStats(&after)
			if allocated := (after.TotalAlloc - before.TotalAlloc) >> 20; allocated > 256 {
				t.Errorf("it cost %d MB", allocated)
			}
			var all *Error
			if !errors.As(err, &all) {
				t.Fatalf("error is %.300v, want an *Error", err)
			}
			if len(err.Error()) > 30_000 {
				t.Errorf("the error is %d bytes long: %.300s", len(err.Error()), err)
			}
		})
	}
}
