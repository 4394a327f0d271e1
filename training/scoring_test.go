package training_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"

	"cifartrain/graphs"
	"cifartrain/metrics"
	"cifartrain/training"
)

// TestEvaluateOnProcessors wants the very bits for any number of processors: those of
// one batch after the other.
func TestEvaluateOnProcessors(t *testing.T) {
	for name, loop := range map[string]*training.Loop{
		"svm":         newLoop(t, 0.01),
		"autoencoder": newAutoencoderLoop(t, "autoencoder"),
	} {
		t.Run(name, func(t *testing.T) {
			evaluator := training.NewEvaluator(loop.Architecture, loop.Weights)
			want, confusion, codes := oneByOne(t, loop)
			for _, processors := range []int{1, 2, 3, 16, 64} {
				func() {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
					for range 3 {
						got := must(evaluator.Evaluate(t.Context(), loop.TrainEvalBatcher))
						if math.Float64bits(got.Loss) != math.Float64bits(want) {
							t.Errorf("GOMAXPROCS %d: the loss is %v, want %v", processors, got.Loss, want)
						}
						if !loop.Architecture.Task.Classifies() {
							err := evaluator.Codes(t.Context(), loop.TrainEvalBatcher, func(place int, code []float32) {
								if !slices.Equal(code, codes[place]) {
									t.Errorf("GOMAXPROCS %d: the code of image %d is %v, want %v", processors, place, code, codes[place])
								}
							})
							if err != nil {
								t.Error(err)
							}
							continue
						}
						if diff := cmp.Diff(confusion, got.Confusion, cmp.AllowUnexported(metrics.Confusion{})); diff != "" {
							t.Errorf("GOMAXPROCS %d: other predictions:\n%s", processors, diff)
						}
					}
				}()
			}
		})
	}
}

// oneByOne evaluates the training images by one batch after the other, each by a graph
// of its own: the mean loss, and a classifier's predictions or the images' codes.
func oneByOne(t *testing.T, loop *training.Loop) (loss float64, confusion *metrics.Confusion, codes [][]float32) {
	t.Helper()
	set := loop.TrainEvalBatcher.Set
	confusion = metrics.NewConfusion(set.Classes)
	for batch := range loop.TrainEvalBatcher.Epoch(1) {
		model := must(loop.Architecture.Build(loop.Weights, batch.Rows()))
		if err := errors.Join(model.Fuse(false), model.Feed(batch.Images(), batch.Labels)); err != nil {
			t.Fatal(err)
		}
		machine := G.NewTapeMachine(model.Graph)
		defer machine.Close()
		if err := machine.RunAll(); err != nil {
			t.Fatal(err)
		}
		loss += model.LossValue() * float64(batch.Rows())
		for row, place := range batch.Places {
			if model.Code != nil {
				codes = append(codes, slices.Clone(graphs.Row(model.Code, row)))
			} else {
				confusion.Add(set.Class(place), loop.Architecture.Predict(graphs.Row(model.Output, row)))
			}
		}
	}
	return loss / float64(set.Len()), confusion, codes
}

// TestEvaluateStops proves that an evaluation, and the measurement of a pace, end with
// their context.
func TestEvaluateStops(t *testing.T) {
	loop := newLoop(t, 0.01)
	evaluator := training.NewEvaluator(loop.Architecture, loop.Weights)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := evaluator.Evaluate(ctx, loop.TrainEvalBatcher); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled evaluation ends with the error %v", err)
	}
	if _, err := loop.Measure(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled measurement ends with the error %v", err)
	}
}
