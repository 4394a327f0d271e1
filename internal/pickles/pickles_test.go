package pickles

import (
	"fmt"
	"strings"
	"testing"
)

func TestScan(t *testing.T) {
	limits := Limits{Operations: 100, Integer: 1000, Also: "Q"}
	for _, test := range []struct {
		content string
		at      int
		want    string
	}{
		{"\x80\x02]q\x01.rest", 6, "<nil>"},
		{"\x80\x02U\x02ab.", 7, "<nil>"},
		{"\x80\x02Q.", 4, "<nil>"},
		{"", 0, "the pickle ends too early"},
		{"\x80\x02]", 3, "the pickle ends too early"},
		{"\x80", 0, "the pickle ends within an operation"},
		{"\x80\x02]U\x03a.", 3, "a length of 3 bytes runs past the end of the file"},
		{"\x80\x02\x8a\x01a.", 2, `the pickle operation '\u008a' is not one that such a file needs`},
		{"\x80\x02M\xe8\x03J\xff\xff\xff\xff.", 11, "<nil>"},
		{"\x80\x02M\xe9\x03.", 2, "the number 1001 is larger than any in such a file"},
		{strings.Repeat("(", 101) + ".", 100, "the pickle has more than 100 operations"},
	} {
		at, err := Scan([]byte(test.content), limits, nil)
		if at != test.at || fmt.Sprint(err) != test.want {
			t.Errorf("%.20q: error %v at %d, want %s at %d", test.content, err, at, test.want, test.at)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte("\x80\x02]q\x01(K\x01K\x02e."))
	f.Fuzz(func(t *testing.T, content []byte) {
		if at, err := Scan(content, Limits{Operations: 1000, Integer: 1000}, func([]byte, int64) {}); at < 0 || at > len(content) || err == nil && content[at-1] != stop {
			t.Errorf("it ends at %d of %d with the error %v", at, len(content), err)
		}
	})
}
