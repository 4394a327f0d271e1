package runs

import (
	"cifartrain/internal/reports"
	"cifartrain/loaders"
	"cifartrain/training"
)

// baseMemory is the memory that the program takes without a dataset and a
// model, in bytes.
const baseMemory = 70 << 20

// Memory estimates the most memory that the run takes, in bytes: shared is what
// all runs of one program share, mostly the dataset; own is what each run adds.
// It counts the copies of the weights (the trained ones, gradients, best ones,
// those of the solver and of the average, and those of a checkpoint that is
// being written), the values of every layer for a batch, also on each processor
// that evaluates, and the directions in which principal components are searched
// for.
func (r *Run) Memory() (shared, own int64) {
	dataset := r.Dataset
	shared = baseMemory + int64(dataset.Train.Len()+dataset.Test.Len())*int64(dataset.Shape.RecordSize())

	config, parameters := r.Config, 4*int64(r.Architecture.ParameterCount())
	kept := int64(2 + solverTensors(config.Optimizer.Kind, config.Optimizer.Momentum))
	if config.Train.AverageDecay > 0 {
		kept++
	}
	const written = 3                                    // copies of everything that is kept, while a checkpoint is written
	own = parameters * (kept + 1 + written*kept) * 5 / 4 // a quarter more, until garbage is collected

	width := r.Architecture.Width()
	const copies = 4 // values, gradients, and batches that are prepared ahead
	own += 4 * copies * int64(width) * int64(config.Data.BatchSize+config.Data.EvalBatchSize)
	scored := width * config.Data.EvalBatchSize
	own += 4 * int64(scored) * int64(training.Scorers(scored)-1) // the processors that score batches of their own
	if r.Architecture.Task.Restores() {
		const copies = 30 // sums over parts of the images, and the vectors that are searched
		count := max(min(r.Architecture.Latent, mostComponents), r.Architecture.PrincipalComponents())
		own += 8 * copies * int64(count) * int64(dataset.Shape.Values())
	}
	return shared, own
}

// solverTensors is how many values a solver keeps for each parameter.
func solverTensors(kind string, momentum float64) int {
	switch {
	case kind != "sgd":
		return 2
	case momentum > 0:
		return 1
	}
	return 0
}

// fits returns an error if the run needs more memory than there is.
func (r *Run) fits() error {
	shared, own := r.Memory()
	limit, whose := loaders.MemoryLimit()
	if shared+own <= limit {
		return nil
	}
	return Requestf("%s needs about %s of memory, but %s allows only %s: make model.hidden, data.batch_size or data.eval_batch_size smaller",
		r.Config.Name, reports.Bytes(shared+own), whose, reports.Bytes(limit))
}
