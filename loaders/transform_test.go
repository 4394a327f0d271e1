package loaders

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// cifarNormalization is what testdata/normalize.py normalizes with.
var cifarNormalization = &Normalization{
	Mean: []float32{0.4914, 0.4822, 0.4465},
	Std:  []float32{0.2470, 0.2435, 0.2616},
}

func TestTransformIsTorchs(t *testing.T) {
	table := must(os.ReadFile("testdata/normalize.txt"))
	transform, pixels := NewTransform(photo, cifarNormalization), make([]float32, photo.Values())
	lines := strings.Split(strings.TrimSpace(string(table)), "\n")[1:] // less the comment
	if len(lines) != 256 {
		t.Fatalf("%d bytes in the table, want 256", len(lines))
	}
	for _, line := range lines {
		var value byte
		var want, got [3]uint32
		if _, err := fmt.Sscanf(line, "%d %x %x %x", &value, &want[0], &want[1], &want[2]); err != nil {
			t.Fatal(err)
		}
		transform.Apply(pixels, bytes.Repeat([]byte{value}, photo.Values()))
		for c := range got {
			got[c] = math.Float32bits(pixels[c*photo.Plane()+int(value)]) // any of the plane's
		}
		if got != want {
			t.Errorf("byte %d becomes %08x, in torch %08x", value, got, want)
		}
	}
}

func TestCentered(t *testing.T) {
	records := randomRecords(2, 300)
	all := selected(records)
	training, validation := both(all.Split(0.2, nil))
	for name, plain := range map[string]*Transform{"normalized": NewTransform(photo, cifarNormalization), "from 0 to 1": NewTransform(photo, nil)} {
		t.Run(name, func(t *testing.T) {
			before := *plain
			centered := plain.Centered(training)
			pixels := make([]float32, photo.Values())
			means := make([]float64, photo.Values())
			for i := range training.Len() {
				centered.Apply(pixels, training.Pixels(i))
				for j, x := range pixels {
					means[j] += float64(x) / float64(training.Len())
				}
			}
			if worst := max(slices.Max(means), -slices.Min(means)); worst > 1e-5 {
				t.Errorf("the centered training images' mean is up to %g away from 0", worst)
			}
			if plain.mean != nil || plain.tables != before.tables {
				t.Error("Centered changed the transform it starts from")
			}

			// Nothing but the training images has a say.
			alone := selected(records[:training.Len()*photo.RecordSize()])
			if !slices.Equal(plain.Centered(alone).mean, centered.mean) {
				t.Error("the mean depends on images outside the set")
			}
			if slices.Equal(plain.Centered(validation).mean, centered.mean) {
				t.Error("the mean does not depend on the set")
			}
		})
	}
}

// TestInvert undoes every transform.
func TestInvert(t *testing.T) {
	set := selected(randomRecords(5, 3))
	normalization := &Normalization{Mean: []float32{0.1, 0.2, 0.3}, Std: []float32{0.5, 0.25, 0.125}}
	for name, transform := range map[string]*Transform{
		"plain":      NewTransform(photo, nil),
		"normalized": NewTransform(photo, normalization),
		"centered":   NewTransform(photo, nil).Centered(set),
		"both":       NewTransform(photo, normalization).Centered(set),
	} {
		t.Run(name, func(t *testing.T) {
			transformed := make([]float32, photo.Values())
			transform.Apply(transformed, set.Pixels(0))
			for i, got := range transform.Invert(transformed) {
				if want := float64(set.Pixels(0)[i]) / 255; math.Abs(float64(got)-want) > 1e-6 {
					t.Fatalf("pixel %d is %g again, want %g", i, got, want)
				}
			}
		})
	}
}
