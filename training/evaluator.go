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
	architecture *graphs.Architecture
	weights      graphs.Weights // what is evaluated
	own          graphs.Weights // those of the graphs, set to the same values by each call
	// Machines for each processor that is used; there is always a first.
	processors []*machines
	// Batchers like each one that was used, for the processors after the first.
	batchers map[*loaders.Batcher][]*loaders.Batcher
}

// NewEvaluator returns an evaluator of weights. Its graphs are compiled when a set
// first has a batch of their size.
func NewEvaluator(architecture *graphs.Architecture, weights graphs.Weights) *Evaluator {
	own := weights.Clone()
	return &Evaluator{
		architecture: architecture, weights: weights, own: own, processors: []*machines{newMachines(architecture, own, false)},
		batchers: map[*loaders.Batcher][]*loaders.Batcher{},
	}
}

// SetWeights makes the evaluator evaluate other weights of its architecture.
func (e *Evaluator) SetWeights(weights graphs.Weights) { e.weights = weights }

// Evaluate scores the batcher's set, each sample once.
func (e *Evaluator) Evaluate(ctx context.Context, batcher *loaders.Batcher) (Evaluation, error) {
	return e.score(ctx, batcher, batcher.Batches())
}

// Outputs runs the batcher's set through the model and returns the mean loss.
// It calls visit with each sample's index in the set and its output. The output
// belongs to the graph and changes with the next batch.
func (e *Evaluator) Outputs(ctx context.Context, batcher *loaders.Batcher, visit func(place int, output []float32)) (loss float64, err error) {
	return e.rows(ctx, batcher, func(model *graphs.Model, place, row int) { visit(place, graphs.Row(model.Output, row)) })
}

// Codes runs the batcher's set through a model that has a code. It calls visit
// with each sample's index in the set and its code, which belongs to the graph
// and changes with the next batch.
func (e *Evaluator) Codes(ctx context.Context, batcher *loaders.Batcher, visit func(place int, code []float32)) error {
	if e.architecture.Latent == 0 {
		return fmt.Errorf("the %s has no code", e.architecture.Kind)
	}
	_, err := e.rows(ctx, batcher, func(model *graphs.Model, place, row int) { visit(place, graphs.Row(model.Code, row)) })
	return err
}

// rows runs the batcher's set through the model and returns the mean loss. It
// calls visit with each sample's index in the set and its row in the batch that
// the model has just computed.
func (e *Evaluator) rows(ctx context.Context, batcher *loaders.Batcher, visit func(model *graphs.Model, place, row int)) (loss float64, err error) {
	if err := e.processors[0].prepare(batcher, nil); err != nil {
		return 0, err
	}
	e.own.CopyFrom(e.weights)
	total := 0.0
	for batch := range batcher.Epoch(1) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		machine, err := e.processors[0].run(batch)
		if err != nil {
			return 0, err
		}
		total += machine.model.LossValue() * float64(batch.Rows())
		for row, place := range batch.Places {
			visit(machine.model, place, row)
		}
	}
	return total / float64(batcher.Set.Len()), nil
}

// Close frees the evaluator, which must not be used afterwards.
func (e *Evaluator) Close() error { return e.close(nil) }

// close frees the evaluator. It returns err, the error so far, joined with its own.
func (e *Evaluator) close(err error) error {
	for _, machines := range e.processors {
		err = machines.close(err)
	}
	return err
}
