package training_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

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
			set := loop.TrainEvalBatcher.Set
			confusion := metrics.NewConfusion(set.Classes)
			want, err := evaluator.Outputs(t.Context(), loop.TrainEvalBatcher, func(place int, output []float32) {
				if loop.Architecture.Task.Classifies() {
					confusion.Add(set.Class(place), loop.Architecture.Predict(output))
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, processors := range []int{1, 2, 3, 16, 64} {
				func() {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
					for range 3 {
						got := must(evaluator.Evaluate(t.Context(), loop.TrainEvalBatcher))
						if math.Float64bits(got.Loss) != math.Float64bits(want) {
							t.Errorf("GOMAXPROCS %d: the loss is %v, want %v", processors, got.Loss, want)
						}
						if !loop.Architecture.Task.Classifies() {
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
