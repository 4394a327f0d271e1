package training

import (
	"context"
	"fmt"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
)

// An Evaluation holds the scores of a model's weights on a set.
type Evaluation struct {
	Task      metrics.Task       // of the model
	Loss      float64            // mean over the samples
	Confusion *metrics.Confusion // of a model that classifies
	Correct   []bool             // of a model that classifies: whether it classifies each image of the set correctly
}

// An Evaluator scores weights on whole sets with forward-only graphs of its own,
// which are compiled once and serve any weights of the architecture. Each call uses
// the weights' current values. An Evaluator must be used by one goroutine at a time.
type Evaluator struct {
	machines *machines
	weights  graphs.Weights // what is evaluated; each call copies them to the weights of the graphs
}

// NewEvaluator returns an evaluator of weights. Its graphs are compiled when a set
// first has a batch of their size.
func NewEvaluator(architecture *graphs.Architecture, weights graphs.Weights) *Evaluator {
	return &Evaluator{newMachines(architecture, weights.Clone(), false), weights}
}

// SetWeights makes the evaluator evaluate other weights of its architecture.
func (e *Evaluator) SetWeights(weights graphs.Weights) { e.weights = weights }

// Evaluate scores the batcher's set, each sample once.
func (e *Evaluator) Evaluate(ctx context.Context, batcher *loaders.Batcher) (scored Evaluation, err error) {
	architecture, set := e.machines.architecture, batcher.Set
	if scored.Task = architecture.Task; scored.Task.Classifies() {
		scored.Confusion, scored.Correct = metrics.NewConfusion(set.Classes), make([]bool, set.Len())
	}
	scored.Loss, err = e.Outputs(ctx, batcher, func(place int, output []float32) {
		if scored.Confusion != nil {
			actual, predicted := set.Class(place), architecture.Predict(output)
			scored.Confusion.Add(actual, predicted)
			scored.Correct[place] = predicted == actual
		}
	})
	return scored, err
}

// Outputs runs the batcher's set through the model and returns the mean loss.
// It calls visit, never at the same time and with the batches in any order, with each
// sample's index in the set and its output. The output belongs to the graph and
// changes with the next batch.
func (e *Evaluator) Outputs(ctx context.Context, batcher *loaders.Batcher, visit func(place int, output []float32)) (loss float64, err error) {
	return e.run(ctx, batcher, batcher.NumBatches(), func(model *graphs.Model, batch *loaders.Batch) {
		for row, place := range batch.Places {
			visit(place, graphs.Row(model.Output, row))
		}
	})
}

// Codes does what Outputs does, with the codes of a model that has one.
func (e *Evaluator) Codes(ctx context.Context, batcher *loaders.Batcher, visit func(place int, code []float32)) error {
	if e.machines.architecture.Latent == 0 {
		return fmt.Errorf("the %s has no code", e.machines.architecture.Kind)
	}
	_, err := e.run(ctx, batcher, batcher.NumBatches(), func(model *graphs.Model, batch *loaders.Batch) {
		for row, place := range batch.Places {
			visit(place, graphs.Row(model.Code, row))
		}
	})
	return err
}

// prepare makes ready to run so many batches of the batcher's set at the same time.
func (e *Evaluator) prepare(batcher *loaders.Batcher, count int) error {
	err := e.machines.prepare(batcher, count)
	e.machines.weights.CopyFrom(e.weights)
	return err
}
