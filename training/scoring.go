package training

import (
	"context"
	"runtime"
	"sync"

	"cifartrain/graphs"
	"cifartrain/internal/kernels"
	"cifartrain/loaders"
	"cifartrain/metrics"
)

// scoringMemory is the most bytes that the layers' values of an evaluator's graphs
// take together.
const scoringMemory = 256 << 20

// Scorers is how many batches an evaluator scores at a time: one for each processor,
// or a single one if the values of their layers, numbers for a batch, would take
// too much memory.
func Scorers(numbers int) int {
	if processors := runtime.GOMAXPROCS(0); 4*numbers*processors <= scoringMemory {
		return processors
	}
	return 1
}

// A scoring is one pass of an evaluator over batches of a set. Each processor
// takes batches of its own and computes them alone, so that none waits for another
// before the end. A batch's loss is computed as in training, and the losses are
// added in the batches' order, so that the result does not depend on the number of
// processors.
type scoring struct {
	ctx     context.Context
	stop    context.CancelCauseFunc
	set     *loaders.Set
	predict func(output []float32) int
	scorers chan scorer // those that are not at work

	losses    []float64 // of each batch, times its rows
	counting  sync.Mutex
	confusion *metrics.Confusion // of a model that classifies
	correct   []bool             // of a model that classifies: for each image of the set
}

// A scorer is what a processor needs to score batches.
type scorer struct {
	machines *machines
	batcher  *loaders.Batcher
}

// score scores the first batches of the batcher's set.
func (e *Evaluator) score(ctx context.Context, batcher *loaders.Batcher, batches int) (Evaluation, error) {
	numbers := batcher.Size() * e.architecture.Width()
	scorers, err := e.scorers(batcher, min(Scorers(numbers), batches))
	if err != nil {
		return Evaluation{}, err
	}
	s := &scoring{set: batcher.Set, predict: e.architecture.Predict, losses: make([]float64, batches), scorers: make(chan scorer, len(scorers))}
	s.ctx, s.stop = context.WithCancelCause(ctx)
	defer s.stop(nil)
	if e.architecture.Task.Classifies() {
		s.confusion, s.correct = metrics.NewConfusion(batcher.Set.Classes), make([]bool, batcher.Set.Len())
	}
	for _, scorer := range scorers {
		s.scorers <- scorer
	}
	if len(scorers) > 1 {
		kernels.Share(batches, batches*numbers, s.part)
	} else {
		s.part(0, batches) // whose products are shared
	}
	if s.ctx.Err() != nil {
		return Evaluation{}, context.Cause(s.ctx)
	}
	total, images := 0.0, min(batches*batcher.Size(), batcher.Set.Len())
	for _, loss := range s.losses {
		total += loss
	}
	return Evaluation{Task: e.architecture.Task, Loss: total / float64(images), Confusion: s.confusion, Correct: s.correct}, nil
}

// scorers returns so many scorers, the first of which uses the batcher itself.
func (e *Evaluator) scorers(batcher *loaders.Batcher, count int) ([]scorer, error) {
	batchers := append([]*loaders.Batcher{batcher}, e.batchers[batcher]...)
	scorers := make([]scorer, count)
	for i := range scorers {
		if i == len(e.processors) {
			e.processors = append(e.processors, newMachines(e.architecture, e.own, false))
		}
		if i == len(batchers) {
			batchers = append(batchers, batcher.Clone())
		}
		var lender *machines
		if i > 0 {
			lender = e.processors[0]
		}
		if err := e.processors[i].prepare(batcher, lender); err != nil {
			return nil, err
		}
		scorers[i] = scorer{e.processors[i], batchers[i]}
	}
	e.batchers[batcher] = batchers[1:]
	e.own.CopyFrom(e.weights)
	return scorers, nil
}

// part scores the batches from one to another.
func (s *scoring) part(from, to int) {
	worker := <-s.scorers
	defer func() { s.scorers <- worker }()
	for batch := range worker.batcher.EpochAfter(1, from) {
		if s.ctx.Err() != nil {
			return
		}
		machine, err := worker.machines.run(batch)
		if err != nil {
			s.stop(err)
			return
		}
		s.losses[from] = machine.model.LossValue() * float64(batch.Rows())
		if s.confusion != nil {
			s.count(machine.model, batch)
		}
		if from++; from == to {
			return
		}
	}
}

// count counts what the model predicts of a batch that it has just computed.
func (s *scoring) count(model *graphs.Model, batch *loaders.Batch) {
	s.counting.Lock()
	defer s.counting.Unlock()
	for row, place := range batch.Places {
		actual, predicted := s.set.Class(place), s.predict(graphs.Row(model.Output, row))
		s.confusion.Add(actual, predicted)
		s.correct[place] = predicted == actual
	}
}
