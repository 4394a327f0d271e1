package runfolder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// readers read the files of a run folder by their names.
var readers = map[string]func(*Folder) error{
	BestWeightsFile: func(f *Folder) error { _, err := ReadWeights(f.File(BestWeightsFile), 0); return err },
	CheckpointFile:  func(f *Folder) error { _, _, err := f.Checkpoint(); return err },
	MetricsFile:     func(f *Folder) error { _, err := f.History(); return err },
	SummaryFile:     func(f *Folder) error { _, err := f.Summary(); return err },
	ConfigFile:      func(f *Folder) error { _, err := Open(f.Path); return err },
	".claim-1":      func(f *Folder) error { _, _, _, err := new(Claims).Take(f, nil); return err },
	lockFile:        func(f *Folder) error { _, _, _, err := new(Claims).Take(f, nil); return err },
}

// TestHostileFilesAreCheap reads files made to be dear. All that is allocated counts,
// garbage too, which bounds the memory in use from above.
func TestHostileFilesAreCheap(t *testing.T) {
	tensors := func(n int) string { // so many of no element each
		var header strings.Builder
		for i := range n {
			fmt.Fprintf(&header, `,"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, i)
		}
		return "{" + header.String()[1:] + "}"
	}
	const metadata = `{"__metadata__":{"run":"{}","history":"`
	heading := strings.Join(metricsColumns, ",")
	for _, test := range []struct {
		name, file string
		content    func() []byte
		length     int64 // the file goes on to here with zeros that take no room; 0 for none
		says       string
	}{
		{"weights: a million tensors", BestWeightsFile, func() []byte { return safetensorsFile(tensors(1_000_000), nil) }, 0, "the header is"},
		{"weights: as many tensors as a megabyte holds", BestWeightsFile, func() []byte { return safetensorsFile(tensors(18_000), nil) }, 0, "no model has as many"},
		{"weights: deep nesting", BestWeightsFile, func() []byte { return safetensorsFile(strings.Repeat("[", 1_000_000), nil) }, 0, "exceeded max depth"},
		{"weights: a name without end", BestWeightsFile, func() []byte {
			return safetensorsFile(`{"`+strings.Repeat("w", 1_000_000)+`":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, make([]byte, 8))
		}, 0, "www..."},
		{"weights: a terabyte", BestWeightsFile, nil, 1 << 40, "is 1099511627776 bytes long"},
		{"weights: as long as allowed", BestWeightsFile, func() []byte {
			return safetensorsFile(fmt.Sprintf(`{"w":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}}`, 15<<20, 60<<20), nil)
		}, 60<<20 + 8 + 68, ""},
		{"checkpoint: a terabyte", CheckpointFile, func() []byte { return sealed("{}") }, 1 << 40, "is 1099511627776 bytes long"},
		{"checkpoint: tensors", CheckpointFile, func() []byte { return sealed(string(safetensorsFile(tensors(400_000), nil))) }, 0, "no model has as many"},
		{"checkpoint: header of 100 MB", CheckpointFile, func() []byte {
			return sealed(string(safetensorsFile(metadata+strings.Repeat("x", 100_000_000)+`"}}`, nil)))
		}, 0, "the header is"},
		{"checkpoint: nonsense for a history", CheckpointFile, func() []byte {
			return sealed(string(safetensorsFile(metadata+strings.Repeat("x", 1<<20)+`"}}`, nil)))
		}, 0, "line 1: the columns are not"},
		{"metrics: one line", MetricsFile, func() []byte { return append([]byte(heading+"\n"), bytes.Repeat([]byte("1,"), 50_000_000)...) }, 0, "line 2 is longer than 256 bytes, the most that a row can have"},
		{"metrics: empty lines", MetricsFile, func() []byte { return append([]byte(heading), bytes.Repeat([]byte("\n"), 50_000_000)...) }, 0, "line 2: has 1 fields, not 8"},
		{"metrics: a million epochs", MetricsFile, func() []byte {
			table := []byte(heading + "\n")
			for i := range 1_000_001 {
				table = fmt.Appendf(table, "%d,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.3333333333333333,0.1,0.001,0.25\n", i+1)
			}
			return table
		}, 0, "no run has more than 1000000 epochs"},
		{"metrics: a terabyte", MetricsFile, nil, 1 << 40, "is 1099511627776 bytes long"},
		{"summary: a terabyte", SummaryFile, nil, 1 << 40, "is 1099511627776 bytes long"},
		{"summary: deep nesting", SummaryFile, func() []byte { return bytes.Repeat([]byte(`{"best":`), 100_000) }, 0, "exceeded max depth"},
		{"summary: classes", SummaryFile, func() []byte {
			return []byte(`{"task":"classify","classes":[` + strings.Repeat(`"",`, 300_000) + `""]}`)
		}, 0, "no dataset has 300001 classes"},
		{"summary: a name", SummaryFile, func() []byte { return []byte(`{"task":"classify","name":"` + strings.Repeat("x", 500_000) + `"}`) }, 0, "is too long or cannot be printed"},
		{"summary: a name that clears the screen", SummaryFile, func() []byte { return []byte(`{"task":"classify","name":"\u001b[2J"}`) }, 0, `cannot be printed: "\x1b[2J"`},
		{"summary: a shape below zero", SummaryFile, func() []byte { return []byte(`{"task":"classify","shape":[-3,32,32]}`) }, 0, "no image has the shape [-3 32 32]"},
		{"summary: parameters beyond memory", SummaryFile, func() []byte { return []byte(`{"task":"classify","parameters":1152921504606846976}`) }, 0, "no model has 1152921504606846976 parameters"},
		{"summary: torn", SummaryFile, func() []byte { return []byte(`{"name":"x", "epo`) }, 0, "have it written again with: go run . -resume"},
		{"summary: another type", SummaryFile, func() []byte { return []byte(`{"epochs":"many"}`) }, 0, "Summary.epochs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := create(t)
			path := folder.File(test.file)
			var content []byte
			if test.content != nil {
				content = test.content()
			}
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			if test.length > 0 {
				if err := os.Truncate(path, test.length); err != nil {
					t.Skipf("the file system keeps no such file: %v", err)
				}
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := readers[test.file](folder)
			runtime.ReadMemStats(&after)
			if cost := (after.TotalAlloc - before.TotalAlloc) >> 20; cost > 512 {
				t.Errorf("it cost %d MB", cost)
			}
			if test.says == "" {
				if err != nil {
					t.Errorf("error is %.500v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("error is %.500v, want one of %s that says %q", err, path, test.says)
			} else if len(err.Error()) > 1000 {
				t.Errorf("the error is %d bytes long", len(err.Error()))
			}
		})
	}
}

// TestNoFiles puts folders where files should be. A device or a pipe, which may
// never end, is refused for the same reason.
func TestNoFiles(t *testing.T) {
	for file, read := range readers {
		t.Run(file, func(t *testing.T) {
			folder := create(t)
			if err := os.Mkdir(folder.File(file), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := read(folder); err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "is not a file") {
				t.Errorf("in place of a folder: error is %v", err)
			}
			os.Remove(folder.File(file))
			if err := os.Symlink("/dev/zero", folder.File(file)); err != nil {
				t.Skip("no links here")
			}
			if err := read(folder); err == nil || !strings.Contains(err.Error(), "is not a file") && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("in place of a device: error is %v", err)
			}
		})
	}
}

// TestCheckpointOfTooManyEpochs refuses to write a checkpoint that could not be read again.
func TestCheckpointOfTooManyEpochs(t *testing.T) {
	c := checkpointAt(1)
	for i := range 400_000 {
		e := epochs[0]
		e.Number, e.TrainLoss, e.ValidationLoss, e.TrainAccuracy, e.ValidationAccuracy = i+1, math.Pi, math.Pi, math.Pi, math.Pi
		c.History = append(c.History, e)
	}
	if err := create(t).WriteCheckpoint(c)(); err == nil || !strings.Contains(err.Error(), "too long for a checkpoint") || !strings.Contains(err.Error(), filepath.Base(CheckpointFile)) {
		t.Errorf("error is %v", err)
	}
}

// FuzzHistory wants an error or a history that is written as it was read.
func FuzzHistory(f *testing.F) {
	table := historyTable(epochs)
	f.Add(table)
	f.Add(table[:len(table)-5])
	f.Add(bytes.ReplaceAll(table, []byte("\n"), []byte("\r\n")))
	f.Fuzz(func(t *testing.T, content []byte) {
		history, err := parseHistory(content)
		if err != nil {
			return
		}
		again, err := parseHistory(historyTable(history))
		if err != nil || len(again) != len(history) {
			t.Errorf("%d epochs were read and %d of them again: %v", len(history), len(again), err)
		}
	})
}
