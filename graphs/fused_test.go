package graphs_test

import (
	"slices"
	"strings"
	"testing"

	"cifartrain/fuse"
	"cifartrain/graphs"
)

// TestShippedModelsAreFused pins what the models are computed by. Where it fails, the
// fused graph is as slow as Gorgonia's or a pattern matches what it did not: then
// another version of Gorgonia builds or names its operations in another way, which
// fuse/match.go must follow.
func TestShippedModelsAreFused(t *testing.T) {
	const (
		gradient     = ", input gradient, weight gradient, bias gradient"
		tiedGradient = ", input gradient, bias gradient"
		reluGradient = ", relu gradient"
		sum          = ", weight gradient and sum"

		svm      = "linear, %"
		svmTrain = svm + ", % gradient, weight gradient, bias gradient"
		auto     = "linear and relu, linear and relu, linear, linear and relu, linear and relu, linear, mse"
		decoder  = auto + ", mse gradient" + gradient + reluGradient + gradient + reluGradient + gradient
		encoder  = gradient + reluGradient + gradient + reluGradient + ", weight gradient, bias gradient"
		tied     = tiedGradient + reluGradient + tiedGradient + reluGradient + ", bias gradient" + sum + sum + sum
	)
	for _, c := range []struct {
		kind, loss, multiclass string
		classes                int
		name                   string // of the loss's op
		evaluated, trained     string
	}{
		{"linear_svm", "hinge", "", 2, "hinge", svm, svmTrain},
		{"linear_svm", "squared_hinge", "", 2, "squared hinge", svm, svmTrain},
		{"linear_svm", "hinge", "weston_watkins", 10, "weston-watkins hinge", svm, svmTrain},
		{"linear_svm", "squared_hinge", "weston_watkins", 10, "squared weston-watkins hinge", svm, svmTrain},
		{"linear_svm", "hinge", "one_vs_rest", 10, "one-vs-rest hinge", svm, svmTrain},
		{"linear_svm", "squared_hinge", "one_vs_rest", 10, "squared one-vs-rest hinge", svm, svmTrain},
		{"autoencoder", "mse", "", 10, "", auto, decoder + encoder},
		{"tied_autoencoder", "mse", "", 10, "", auto, decoder + tied},
	} {
		for train, want := range map[bool]string{false: c.evaluated, true: c.trained} {
			architecture, err := graphs.New(graphs.Kinds, c.kind, graphs.Spec{
				Inputs: 48, Classes: c.classes, Hidden: []int{6, 5}, Latent: 4, Init: "torch", Loss: c.loss, C: 1, Multiclass: c.multiclass,
			})
			if err != nil {
				t.Fatal(err)
			}
			model, _ := build(t, architecture, architecture.Initialize(streams(1)), rows, train)
			want = strings.ReplaceAll(want, "%", c.name)
			fused := fuse.Fused(model.Graph)
			if got := strings.Join(fused, ", "); got != want {
				t.Errorf("%s with %s, training %v, is computed by\n%s, want\n%s", c.kind, c.loss, train, got, want)
			}
			for _, n := range model.Graph.AllNodes() {
				if op := n.Op(); op != nil && !slices.Contains(fused, op.String()) && !strings.HasPrefix(op.String(), "const ") {
					t.Errorf("%s with %s, training %v: %q stayed Gorgonia's", c.kind, c.loss, train, op)
				}
			}
		}
	}
}
