package runs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"cifartrain/configs"
	"cifartrain/internal/addressspace"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/training"
)

// Try prepares a config's run and measures, by a few steps, how long its parts take on
// this machine. The run's weights must not be used afterwards.
func (s *Session) Try(ctx context.Context, config configs.Config) (*Run, training.Pace, error) {
	run, err := s.newLoop(ctx, config)
	if err != nil {
		return nil, training.Pace{}, err
	}
	pace, err := run.loop.Measure(ctx)
	return run, pace, err
}

// FindRate makes a learning-rate range test of a config, with weights of its own. It
// draws it to a file beside the folders of the config's runs, which no run reads, and
// returns that file's path.
func (s *Session) FindRate(ctx context.Context, config configs.Config) (test metrics.RateTest, path string, err error) {
	run, err := s.newLoop(ctx, config)
	if err != nil {
		return nil, "", err
	}
	if test, err = run.loop.TestRates(ctx); err != nil {
		return nil, "", err
	}
	folder := runfolder.Folder{Path: filepath.Join(s.Runs, config.Name)}
	if err := os.MkdirAll(folder.Path, 0o777); err != nil {
		return nil, "", fmt.Errorf("making %s: %w; choose another place with -runs", folder.Path, err)
	}
	caption := plots.Caption{Run: config.Name, Dataset: run.Dataset.Name + ": " + reports.ClassList(run.Classes)}
	return test, folder.File(runfolder.RatesPicture), folder.WriteWith(runfolder.RatesPicture, func(w io.Writer) error {
		return plots.Rates(w, caption, run.Loss(), test)
	})
}

// newLoop prepares a config's run and its training loop, if they fit into memory.
func (s *Session) newLoop(ctx context.Context, config configs.Config) (*Run, error) {
	run, err := s.Prepare(ctx, config, Need{Images: true, File: s.Init})
	if err != nil {
		return nil, err
	}
	if err := run.checkMemory(); err != nil {
		return nil, err
	}
	return run, run.newLoop(ctx)
}

// Seconds estimates how long the run takes at a pace to train a number of epochs and
// to score the last and the best weights on the test images.
func (r *Run) Seconds(pace training.Pace, epochs int) float64 {
	const scorings = 2
	return float64(epochs)*pace.Epoch + scorings*float64(r.Test.Len())*pace.Image
}

// Memory estimates the most memory that the run takes, in bytes: shared is what
// all runs of one program share, mostly the dataset; own is what each run adds.
// It counts the copies of the weights (the trained ones, gradients, best ones,
// those of the solver and of the average, and those of a checkpoint that is
// being written), the values of every layer for a batch, also on each processor
// that evaluates, and the directions in which principal components are searched
// for.
func (r *Run) Memory() (shared, own int64) {
	const program = 70 << 20 // without a dataset and a model
	dataset := r.Dataset
	shared = program + int64(dataset.Train.Len()+dataset.Test.Len())*int64(dataset.Shape.RecordSize())

	config, parameters := r.Config, 4*int64(r.Architecture.ParameterCount())
	kept := int64(2)
	if config.Optimizer.Kind != "sgd" {
		kept += 2
	} else if config.Optimizer.Momentum > 0 {
		kept++
	}
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
	if r.Architecture.Task.Reconstructs() {
		const copies = 30 // sums over parts of the images, and the vectors that are searched
		count := max(min(r.Architecture.Latent, mostComponents), r.Architecture.PrincipalComponents())
		own += 8 * copies * int64(count) * int64(dataset.Shape.Values())
	}
	return shared, own
}

// MemoryLimit is [loaders.MemoryLimit], or what the limit of the address space leaves.
func MemoryLimit() (limit int64, whose string) {
	limit, whose = loaders.MemoryLimit()
	if left := addressspace.Left(); left < limit {
		return left, "the limit of the address space (ulimit -v)"
	}
	return limit, whose
}

func (r *Run) checkMemory() error {
	shared, own := r.Memory()
	limit, whose := MemoryLimit()
	if shared+own <= limit {
		return nil
	}
	return Requestf("%s needs about %s of memory, but %s allows only %s: raise that limit, or make model.hidden, data.batch_size or data.eval_batch_size smaller",
		r.Config.Name, reports.Bytes(shared+own), whose, reports.Bytes(limit))
}

// Files returns the names of the files that the run leaves if it ends well.
func (s *Session) Files(r *Run) []string {
	files := []string{runfolder.ReportFile, runfolder.SummaryFile, runfolder.MetricsFile, runfolder.LayersFile, runfolder.ConfigFile}
	for _, one := range r.pictures(nil) {
		files = append(files, one.file)
	}
	if r.Architecture.Task.Classifies() {
		files = append(files, runfolder.CorrectFile)
	}
	files = append(files, runfolder.BestWeightsFile, runfolder.LastWeightsFile)
	if s.Init != "" {
		files = append(files, runfolder.InitialWeightsFile)
	}
	files = append(files, runfolder.GraphFile, runfolder.CheckpointFile)
	if s.TensorBoard {
		files = append(files, runfolder.TensorBoardFolder)
	}
	return files
}
