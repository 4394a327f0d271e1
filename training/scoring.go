package training

import (
	"context"
	"runtime"
	"sync"

	"cifartrain/graphs"
	"cifartrain/internal/kernels"
	"cifartrain/loaders"
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

// run runs the first batches of the batcher's set through the model and returns the
// mean loss. It calls visit, never at the same time, with each batch that the model has
// just computed. Each processor takes batches of its own and computes them alone, so
// that none waits for another before the end. A batch's loss is computed as in training,
// and the losses are added in the batches' order, so that the result does not depend on
// the number of processors.
func (e *Evaluator) run(ctx context.Context, batcher *loaders.Batcher, batches int, visit func(*graphs.Model, *loaders.Batch)) (loss float64, err error) {
	numbers := batcher.Size() * e.machines.architecture.Width()
	workers := min(Scorers(numbers), batches)
	if err := e.prepare(batcher, workers); err != nil {
		return 0, err
	}
	free := make(chan int, workers) // the workers without a batch
	for i := range workers {
		free <- i
	}
	batchers := batcher.Clones(workers)
	losses := make([]float64, batches) // sums over each batch's images
	var visiting sync.Mutex
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
			visiting.Lock()
			visit(machine.model, batch)
			visiting.Unlock()
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
	for _, sum := range losses {
		loss += sum
	}
	return loss / float64(min(batches*batcher.Size(), batcher.Set.Len())), context.Cause(ctx)
}
