package runfolder

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"

	"cifartrain/metrics"
	"cifartrain/training"
)

// checkpointAt is a checkpoint after some steps of the third epoch.
func checkpointAt(steps int) *Checkpoint {
	vector := func(values ...float32) *tensor.Dense {
		return tensor.New(tensor.WithShape(len(values)), tensor.WithBacking(values))
	}
	return &Checkpoint{
		Config: "name: svm\n", Dataset: "CIFAR-10", Checksum: "abc", Started: started, Seconds: 1.0 / 3, Version: "development",
		State: training.State{
			History: epochs, Partial: metrics.Partial{Steps: steps, Samples: 64 * steps, LossSum: 0.1 + 0.2, Seconds: 1e-9},
			Scalars: map[string]float64{"solver.steps": 1 << 52},
			Tensors: map[string]map[string]*tensor.Dense{
				"weights":           {"fc.weight": tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float32{1, -2, 1e-45})), "fc.bias": vector(float32(steps))},
				"solver.exp_avg_sq": {"fc.weight": vector(float32(math.Inf(1)), 0, 3), "fc.bias": vector(7)},
			},
		},
	}
}

var compareTensors = cmp.Comparer(func(a, b *tensor.Dense) bool {
	return a.Shape().Eq(b.Shape()) && cmp.Equal(a.Float32s(), b.Float32s())
})

func TestCheckpointRoundTrip(t *testing.T) {
	folder, without := create(t), checkpointAt(0)
	if _, _, err := folder.Checkpoint(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a checkpoint: error %v", err)
	}
	without.History = nil
	for _, want := range []*Checkpoint{without, checkpointAt(5)} {
		if err := folder.WriteCheckpoint(want)(); err != nil {
			t.Fatal(err)
		}
		got, damage, err := folder.Checkpoint()
		if err != nil || damage != nil {
			t.Fatal(err, damage)
		}
		if diff := cmp.Diff(want, got, compareTensors); diff != "" {
			t.Errorf("checkpoint (-want +got):\n%s", diff)
		}
	}
}

// encoded is the checkpoint's file.
func encoded(t testing.TB, c *Checkpoint) []byte {
	t.Helper()
	body, err := c.encode()
	if err != nil {
		t.Fatal(err)
	}
	return append(checkpointHead(body), body...)
}

// sealed is a body behind a first line that fits it.
func sealed(body string) []byte {
	return append(checkpointHead([]byte(body)), body...)
}

// header is a safetensors file of a header alone.
func header(text string) string { return string(safetensorsFile(text, nil)) }

func TestDamagedCheckpoint(t *testing.T) {
	whole := encoded(t, checkpointAt(1))
	changed := bytes.Clone(whole)
	changed[len(changed)-9] ^= 1
	for _, test := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"empty", nil, "byte 0: this is not a checkpoint"},
		{"another file", []byte("name: svm\n"), "byte 0: this is not a checkpoint"},
		{"later version", bytes.Replace(whole, []byte("checkpoint 1"), []byte("checkpoint 2"), 1), "byte 0: this is not a checkpoint"},
		{"first line cut off", whole[:50], "the file is damaged or was cut short"},
		{"cut off", whole[:len(whole)-1], "the file is damaged or was cut short"},
		{"one bit", changed, "the file is damaged or was cut short"},
		{"no safetensors", sealed("nonsense"), "is not a sound safetensors file"},
		{"no fields", sealed(header(`{"__metadata__":{}}`)), "field run"},
		{"no history", sealed(header(`{"__metadata__":{"run":"{}"}}`)), "field history: line 1: the columns are not"},
		{"absurd time", sealed(header(`{"__metadata__":{"run":"{\"seconds\":-1}"}}`)), "field run: no run takes -1 seconds"},
		{"history gap", sealed(header(`{"__metadata__":{"run":"{}","history":"` + strings.Join(metricsColumns, ",") + `\n2,1,1,,,1,1,\n"}}`)), "field history: line 2: the epoch is 2 and should be 1"},
		{"history of absurd time", sealed(header(`{"__metadata__":{"run":"{}","history":"` + strings.Join(metricsColumns, ",") + `\n1,1,1,,,1,1e300,\n"}}`)), "field history: line 2: no epoch takes 1e+300 seconds"},
		{"wrong type", sealed(header(`{"__metadata__":{"run":"{\"seconds\":\"x\"}"}}`)), "field run: json: cannot unmarshal string into Go struct field Checkpoint.seconds"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := create(t)
			if err := os.WriteFile(folder.File(CheckpointFile), test.content, 0o644); err != nil {
				t.Fatal(err)
			}
			if _, _, err := folder.Checkpoint(); err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), folder.File(CheckpointFile)) {
				t.Errorf("error is %v, want it to say %q", err, test.says)
			}
			if err := os.WriteFile(folder.File(PreviousCheckpointFile), whole, 0o644); err != nil {
				t.Fatal(err)
			}
			got, damage, err := folder.Checkpoint()
			if err != nil || damage == nil || !strings.Contains(damage.Error(), test.says) || got.Partial.Steps != 1 {
				t.Errorf("the previous one is %+v: %v, %v", got, damage, err)
			}
		})
	}
}

// TestDamagedCheckpointDoesNotReplaceThePrevious sets it aside.
func TestDamagedCheckpointDoesNotReplaceThePrevious(t *testing.T) {
	folder := create(t)
	for steps := 1; steps <= 2; steps++ {
		if err := folder.WriteCheckpoint(checkpointAt(steps))(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(folder.File(CheckpointFile), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if aside, err := folder.SetAsideCheckpoint(); err != nil || filepath.Base(aside) != "checkpoint.damaged" {
		t.Fatal(aside, err)
	}
	broken := failing(folder, "rename", fs.ErrPermission)
	if err := broken.WriteCheckpoint(checkpointAt(3))(); err == nil {
		t.Fatal("the disk did not fail")
	}
	left, damage, err := folder.Checkpoint()
	if err != nil || damage != nil || left.Partial.Steps != 1 {
		t.Errorf("left is %+v: %v, %v", left, damage, err)
	}
}

// FuzzCheckpoint wants an error or a checkpoint of any content, with and
// without a first line that fits.
func FuzzCheckpoint(f *testing.F) {
	whole := encoded(f, checkpointAt(1))
	_, body, _ := bytes.Cut(whole, []byte("\n"))
	f.Add(whole)
	f.Add(body)
	f.Add([]byte(header(`{"__metadata__":{"run":"{}","history":""},"a/b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`)))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, file := range [][]byte{content, sealed(string(content))} {
			if c, err := decodeCheckpoint(file); err == nil {
				if _, err := c.encode(); err != nil {
					t.Errorf("what was read cannot be written: %v", err)
				}
			}
		}
	})
}
