package cifar

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cifartrain/loaders"
)

// readPickle reads a batch of three records from a pickle.
func readPickle(content []byte) ([]byte, error) {
	records := make([]byte, 3*recordSize)
	file := source{Reader: bytes.NewReader(content), path: "test_batch", size: int64(len(content))}
	return records, readPython("labels")(batch{records: 3}, file, records)
}

// TestReadPython reads the same images as Python 2 and as Python 3 with NumPy 1
// and 2 write them.
func TestReadPython(t *testing.T) {
	for _, name := range []string{"cpickle", "protocol2", "protocol3", "protocol4", "protocol5", "numpy1"} {
		records := must(readPickle(must(os.ReadFile(filepath.Join("testdata", name)))))
		if !bytes.Equal(records, madeUp()) {
			t.Errorf("%s: the images or labels are not the script's", name)
		}
	}
}

// TestReadPythonRefuses reads pickles that are hostile, damaged or of something
// else.
func TestReadPythonRefuses(t *testing.T) {
	good := string(must(os.ReadFile("testdata/cpickle")))
	replaced := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the pickle has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	long := func(code string, bytes int, length uint64) string {
		return "\x80\x02" + code + string(binary.LittleEndian.AppendUint64(nil, length)[:bytes])
	}
	for _, test := range []struct{ name, content, words string }{
		{"nothing", "", "byte 0: the pickle ends too early"},
		{"calls", "\x80\x02cposix\nsystem\nU\x04true\x85R.", `its "data" is not a NumPy array`}, // which nothing makes
		{"INST", "\x80\x02(iposix\nsystem\n.", `the pickle operation 'i' is not one that such a file needs`},
		{"a persistent name", "\x80\x02U\x01aQ.", `operation 'Q' is not one`},
		{"decimal numbers", "\x80\x02L" + strings.Repeat("9", 1000) + "L\n.", `operation 'L' is not one`},
		{"large numbers", "\x80\x02\x8b\x00\x00\x00\x01.", `operation '\u008b' is not one`},
		{"BINSTRING without end", long("T", 4, 1<<31-1), "byte 2: a length of 2147483647 bytes runs past the end of the file"},
		{"BINUNICODE8 without end", long("\x8d", 8, 1<<62), "a length of 4611686018427387904 bytes runs past"},
		{"BINBYTES8 without end", long("\x8e", 8, 1<<40), "a length of 1099511627776 bytes runs past"},
		{"BYTEARRAY8 without end", long("\x96", 8, 1<<63), "a length of 9223372036854775808 bytes runs past"},
		{"FRAME without end", long("\x95", 8, 1<<50), "a length of 1125899906842624 bytes runs past"},
		{"a name without end", "\x80\x02c" + strings.Repeat("n", 1000), "a name has no end within 100 bytes"},
		{"cut short", good[:5000], "runs past the end of the file"},
		{"no end", good[:len(good)-1], "the pickle ends too early"},
		{"no images", "\x80\x02}.", `its "data" is not a NumPy array of 3 × 3072 bytes`},
		{"images that are text", "\x80\x02}U\x04dataU\x01xs.", `its "data" is not a NumPy array`},
		{"other labels", replaced("U\x06labels", "U\x06scores"), `its "labels" is not a list of 3 labels`},
		{"a label that is not one", replaced("(K\x00K\x07K\x04e", "(K\x00NK\x04N0e"), `operation '0' is not one`},
		{"a negative label", replaced("(K\x00K\x07K\x04e", "(K\x00J\xff\xff\xff\xffK\x04e"), "image 1: the label -1 is not a class"},
		{"a label above bytes", replaced("(K\x00K\x07K\x04e", "(K\x00M\x07\x01K\x04e"), "image 1: the label 263 is not a class"},
	} {
		_, err := readPickle([]byte(test.content))
		var format *loaders.FormatError
		if !errors.As(err, &format) || format.File != "test_batch" || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: error %v, want one of test_batch that says %q", test.name, err, test.words)
		}
	}
}

// A length that runs past the end of the file costs no memory.
func TestHostileLengthCostsNoMemory(t *testing.T) {
	hostile := append([]byte("\x80\x02T\xff\xff\xff\x7f"), make([]byte, 1000)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := readPickle(hostile); err == nil {
		t.Error("no error")
	}
	runtime.ReadMemStats(&after)
	if cost := after.TotalAlloc - before.TotalAlloc; cost > 1<<20 {
		t.Errorf("reading it took %d bytes", cost)
	}
}

// A file that is too large is refused before it is read.
func TestLargePickleIsRefusedUnread(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "data_batch_1")
	writeFile(t, path, []byte("\x80\x02}."))
	if err := os.Truncate(path, 64<<20+1); err != nil {
		t.Skip(err) // no sparse files here
	}
	_, err := Ten.Open(t.Context(), dir)
	if want := path + ": byte 0: the file has 67108865 bytes, more than the 67108864 that such a file can have"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one that says %q", err, want)
	}
}

// TestReadNamesPickle reads the names of CIFAR-100's classes.
func TestReadNamesPickle(t *testing.T) {
	read := func(content string) ([]string, error) {
		return readNamesPickle(source{Reader: strings.NewReader(content), path: "meta", size: int64(len(content))})
	}
	names, err := read("\x80\x02}q\x01U\x10fine_label_names]q\x02(U\x05appleX\x04\x00\x00\x00babyes.")
	if err != nil || strings.Join(names, ",") != "apple,baby" {
		t.Errorf("names %q, error %v", names, err)
	}
	for content, words := range map[string]string{"\x80\x02}.": "no list", "\x80\x02}U\x10fine_label_names]K\x01as.": "no list", "": "ends too early"} {
		if _, err := read(content); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want one that says %q", err, words)
		}
	}
}

// Whatever a pickle holds, reading it ends in records or in an error that shows
// a place in the file.
func FuzzReadPython(f *testing.F) {
	for _, name := range []string{"cpickle", "protocol2", "protocol5"} {
		content := must(os.ReadFile(filepath.Join("testdata", name)))
		f.Add(content)
	}
	f.Add([]byte("\x80\x02cposix\nsystem\nU\x04true\x85R."))
	f.Fuzz(func(t *testing.T, content []byte) {
		_, err := readPickle(content)
		var format *loaders.FormatError
		if err != nil && (!errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(content))) {
			t.Fatalf("error %v shows no place in %d bytes", err, len(content))
		}
	})
}
