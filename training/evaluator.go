package training

import (
	"context"
	"fmt"
	"slices"

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

// An Evaluator scores weights on whole sets with forward-only graphs of its
// own. They share the weights with the graph that trains: each call uses their
// current values.
type Evaluator struct {
	architecture *graphs.Architecture
	weights      graphs.Weights
	machine      *machine
	// Of the other processors, made when they are first needed: machines, and
	// batchers like each one that was used.
	others   []*machine
	batchers map[*loaders.Batcher][]*loaders.Batcher
}

// NewEvaluator returns an evaluator of weights in batches of the given size,
// which must be that of the batchers it is used with.
func NewEvaluator(architecture *graphs.Architecture, weights graphs.Weights, batch int) (*Evaluator, error) {
	model, err := architecture.BuildForBytes(weights, batch)
	if err != nil {
		return nil, err
	}
	return &Evaluator{
		architecture: architecture, weights: weights, machine: newMachine(model),
		batchers: map[*loaders.Batcher][]*loaders.Batcher{},
	}, nil
}

// Evaluate scores the batcher's set, each sample once.
func (e *Evaluator) Evaluate(ctx context.Context, batcher *loaders.Batcher) (Evaluation, error) {
	return e.score(ctx, batcher, batcher.Batches())
}

// Outputs runs the batcher's set through the model and returns the mean loss.
// It calls visit with each sample's index in the set and its output. The output
// belongs to the graph and changes with the next batch.
func (e *Evaluator) Outputs(ctx context.Context, batcher *loaders.Batcher, visit func(place int, output []float32)) (loss float64, err error) {
	return e.rows(ctx, batcher, func(place, row int) { visit(place, e.machine.model.OutputRow(row)) })
}

// Codes runs the batcher's set through a model that has a code. It calls visit
// with each sample's index in the set and its code, which belongs to the graph
// and changes with the next batch.
func (e *Evaluator) Codes(ctx context.Context, batcher *loaders.Batcher, visit func(place int, code []float32)) error {
	model := e.machine.model
	latent := slices.IndexFunc(model.Layers, func(l graphs.Layer) bool { return l.Latent })
	if latent < 0 {
		return fmt.Errorf("the %s has no code", e.architecture.Kind)
	}
	_, err := e.rows(ctx, batcher, func(place, row int) { visit(place, model.LayerRow(latent, row)) })
	return err
}

// rows runs the batcher's set through the model and returns the mean loss. It
// calls visit with each sample's index in the set and its row in the batch that
// just ran.
func (e *Evaluator) rows(ctx context.Context, batcher *loaders.Batcher, visit func(place, row int)) (loss float64, err error) {
	total := 0.0
	for batch := range batcher.Epoch(1) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := e.machine.run(batch); err != nil {
			return 0, err
		}
		total += e.machine.model.LossValue() * float64(batch.Rows())
		for row, place := range batch.Places {
			visit(int(place), row)
		}
	}
	return total / float64(batcher.Set.Len()), nil
}

// Close frees the evaluator, which must not be used afterwards.
func (e *Evaluator) Close() error { return e.close(nil) }

// close frees the evaluator. It returns err, the error so far, joined with its own.
func (e *Evaluator) close(err error) error {
	for _, machine := range append(e.others, e.machine) {
		err = machine.close(err)
	}
	return err
}
