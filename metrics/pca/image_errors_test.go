package pca

import (
	"context"
	"math"
	"testing"
)

// TestErrors compares the mean over the images with what Fit, which is held
// against the whole eigendecomposition, says of all of them.
func TestErrors(t *testing.T) {
	training, test := draw(1, 300, 48, 10, 3), draw(2, 100, 48, 10, 3)
	want, err := Fit(context.Background(), []int{5}, training, training, test)
	if err != nil {
		t.Fatal(err)
	}
	errors, err := Errors(context.Background(), 5, training, test)
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for _, e := range errors {
		mean += e / float64(len(errors))
	}
	if len(errors) != 100 || math.Abs(mean/want[0].TestMSE-1) > 1e-4 {
		t.Errorf("%d errors of mean %v, want 100 of %v", len(errors), mean, want[0].TestMSE)
	}
	if _, err := Errors(context.Background(), 0, training, test); err == nil {
		t.Error("no error for 0 components")
	}
}
