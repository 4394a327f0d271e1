package exports_test

import (
	"errors"
	"testing"

	"cifartrain/internal/exports"
	"cifartrain/loaders"
)

// TestFold wants folded weights to give of plain pixels what the model gives.
func TestFold(t *testing.T) {
	for _, c := range []struct {
		kind                 string
		normalized, centered bool
		err                  error
	}{
		{"linear_svm", true, true, nil},
		{"mlp", true, false, nil},
		{"autoencoder", true, true, nil},
		{"tied_autoencoder", false, true, nil},
		{"tied_autoencoder", true, true, exports.ErrShared}, // cannot be scaled on both sides
	} {
		model := newTrained(t, c.kind, c.normalized, c.centered)
		folded, err := exports.Fold(model.Model)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: the error is %v, want %v", c.kind, err, c.err)
		}
		if err != nil {
			continue
		}
		want, _ := model.outputs(t)
		model.Weights, model.transform = folded, loaders.NewTransform(images().Shape, nil)
		plain, _ := model.outputs(t)
		for i, got := range plain {
			compare(t, double(got), want[i])
		}
	}
}
