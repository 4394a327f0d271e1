package exports_test

import (
	"strings"
	"testing"

	"cifartrain/internal/exports"
	"cifartrain/loaders"
)

// TestFold wants folded weights to give of plain pixels what the model gives.
func TestFold(t *testing.T) {
	for _, c := range []struct {
		kind                 string
		normalized, centered bool
		err                  string
	}{
		{"linear_svm", true, true, ""},
		{"mlp", true, false, ""},
		{"autoencoder", true, true, ""},
		{"tied_autoencoder", false, true, ""},
		{"tied_autoencoder", true, true, "share one weight"}, // cannot be scaled on both sides
	} {
		model := newTrained(t, c.kind, c.normalized, c.centered)
		folded, err := exports.Fold(model.Model)
		if err != nil || c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: the error is %v, want %q", c.kind, err, c.err)
			}
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
