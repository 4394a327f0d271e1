package pca

import (
	"context"
	"math"
	"testing"
)

// TestRestored compares the mean squared error over the images with what
// Fit, which is held against the whole eigendecomposition, says of all of them.
func TestRestored(t *testing.T) {
	training, test := draw(1, 300, 48, 10, 3), draw(2, 200, 48, 10, 3)
	want, err := Fit(context.Background(), []int{5}, training, training, test)
	if err != nil {
		t.Fatal(err)
	}
	squares, next := 0.0, 0
	err = Restored(context.Background(), 5, training, test, func(i int, restored []float32) {
		if i != next {
			t.Errorf("image %d comes in place of %d", i, next)
		}
		next++
		for p, b := range test[i] {
			difference := float64(b)/255 - float64(restored[p])
			squares += difference * difference
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if mse := squares / (200 * 48); next != 200 || math.Abs(mse/want[0].TestMSE-1) > 1e-4 {
		t.Errorf("%d images with a mean squared error of %v, want 200 of %v", next, mse, want[0].TestMSE)
	}
	if err := Restored(context.Background(), 0, training, test, nil); err == nil {
		t.Error("no error for 0 components")
	}
}
