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

// score scores the first batches of the batcher's set. Each processor takes batches of
// its own and computes them alone, so that none waits for another before the end. A
// batch's loss is computed as in training, and the losses are added in the batches'
// order, so that the result does not depend on the number of processors.
func (e *Evaluator) score(ctx context.Context, batcher *loaders.Batcher, batches int) (Evaluation, error) {
	architecture, set := e.machines.architecture, batcher.Set
	numbers := batcher.Size() * architecture.Width()
	workers := min(Scorers(numbers), batches)
	if err := e.prepare(batcher, workers); err != nil {
		return Evaluation{}, err
	}
	free := make(chan int, workers) // the workers without a batch
	for i := range workers {
		if free <- i; i == len(e.batchers[batcher]) {
			e.batchers[batcher] = append(e.batchers[batcher], batcher.Clone())
		}
	}
	batchers := e.batchers[batcher]

	scored, losses := Evaluation{Task: architecture.Task}, make([]float64, batches) // sums over each batch's images
	if scored.Task.Classifies() {
		scored.Confusion, scored.Correct = metrics.NewConfusion(set.Classes), make([]bool, set.Len())
	}
	var counting sync.Mutex
	count := func(model *graphs.Model, batch *loaders.Batch) {
		counting.Lock()
		defer counting.Unlock()
		for row, place := range batch.Places {
			actual, predicted := set.Class(place), architecture.Predict(graphs.Row(model.Output, row))
			scored.Confusion.Add(actual, predicted)
			scored.Correct[place] = predicted == actual
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	work := func(from, to int) {
		worker := <-free
		defer func() { free <- worker }()
		for batch := range batchers[worker].EpochAfter(1, from) {
			if ctx.Err() != nil {
				return
			}
			machine := e.machines.machine(worker, batch)
			if err := machine.run(batch); err != nil {
				stop(err)
				return
			}
			losses[from] = machine.model.LossValue() * float64(batch.Rows())
			if scored.Confusion != nil {
				count(machine.model, batch)
			}
			if from++; from == to {
				return
			}
		}
	}
	if workers > 1 {
		kernels.Share(batches, batches*numbers, work)
	} else {
		work(0, batches) // one batch after the other; the kernels share each product among the processors
	}
	for _, loss := range losses {
		scored.Loss += loss
	}
	scored.Loss /= float64(min(batches*batcher.Size(), set.Len()))
	return scored, context.Cause(ctx)
}
