package exports

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestChecksum: the figures are those of TensorBoard 2.21's own masked_crc32c.
func TestChecksum(t *testing.T) {
	for data, want := range map[string]uint32{
		"": 0xa282ead8, "foo": 0xfebe8a61, "123456789": 0xc78ab0e5, string(make([]byte, 32)): 0x0fd7fffa,
	} {
		if got := checksum([]byte(data)); got != want {
			t.Errorf("%q: %#08x, want %#08x", data, got, want)
		}
	}
}

// written are the records of TensorBoard 2.21's own RecordWriter for the events
// that TestRecords writes, 1.5, 2.5 and 3.5 seconds after the start of 1970.
const written = "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c" +
	"39000000000000008b0737f109000000000000044010ac022a2b0a110a0a6c6f73732f747261696e150000803e" +
	"0a160a0f6c6f73732f76616c69646174696f6e150000003fd7ac6a93" +
	"100000000000000095fbfe18090000000000000c4010ad023a020801fa9eaf8a"

// TestRecords writes what TensorBoard's own writer wrote, to the byte but for
// the time, which it sets to that writer's. It reads the files before they are
// closed, as TensorBoard does while a run is trained.
func TestRecords(t *testing.T) {
	folder := t.TempDir()
	before := time.Now().Add(-time.Millisecond)
	first := create(t, folder, 1)
	if err := first.Scalars(300, []Scalar{{"loss/train", 0.25}, {"loss/validation", 0.5}}); err != nil {
		t.Fatal(err)
	}
	second := create(t, folder, 301) // goes on
	want, err := hex.DecodeString(written)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "events.out.tfevents.*")) // in the order in which TensorBoard reads them
	if err != nil || len(paths) != 2 {
		t.Fatalf("the event files are %v: %v", paths, err)
	}
	var files [2][][]byte
	for i, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = split(t, content)
	}
	var got []byte
	events := [][]byte{files[0][0], files[0][2], files[1][1]} // without the first file's start and the second one's version
	for i, event := range split(t, want) {
		seconds := math.Float64frombits(binary.LittleEndian.Uint64(events[i][1:]))
		if moment := time.UnixMicro(int64(seconds * 1e6)); moment.Before(before) || moment.After(time.Now()) {
			t.Errorf("event %d is of %v", i, moment)
		}
		copy(events[i][1:9], event[1:9])
		got = append(got, record(events[i])...)
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("the records differ (-want +got):\n%s", difference)
	}
	for _, w := range []*EventWriter{first, second} {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateEvents(filepath.Join(path, "tensorboard"), 1); err == nil || !strings.HasPrefix(err.Error(), "writing for TensorBoard: ") {
		t.Errorf("the error is %v", err)
	}
	elsewhere, link := t.TempDir(), filepath.Join(t.TempDir(), "tensorboard")
	if err := os.Symlink(elsewhere, link); err == nil { // not every system allows links
		if _, err := CreateEvents(link, 1); err == nil || !strings.Contains(err.Error(), "is a link to another folder") {
			t.Errorf("the error is %v", err)
		}
	}
	w := create(t, t.TempDir(), 1)
	w.Close()
	if err := w.Scalars(1, nil); err == nil || !strings.Contains(err.Error(), "already closed") {
		t.Errorf("the error is %v", err)
	}
}

func create(t *testing.T, folder string, first int) *EventWriter {
	t.Helper()
	w, err := CreateEvents(folder, first)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// split takes records apart, which must be framed as record does it.
func split(t *testing.T, content []byte) (events [][]byte) {
	t.Helper()
	for len(content) > 0 {
		length := int(binary.LittleEndian.Uint64(content))
		data := slices.Clone(content[12 : 12+length])
		if !slices.Equal(record(data), content[:16+length]) {
			t.Errorf("record %d does not match its checksums", len(events))
		}
		events = append(events, data)
		content = content[16+length:]
	}
	return events
}
