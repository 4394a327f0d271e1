package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"gorgonia.org/tensor"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/kernels"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/runfolder"
	"cifartrain/solvers"
	"cifartrain/terminal"
	"cifartrain/training"
)

// A finished run is its folder and what its summary says.
type finished struct {
	folder  *runfolder.Folder
	summary *runfolder.Summary
}

// trainAll trains each config, over as many seeds as the flags ask for, and
// compares the runs of several configs.
func (p *program) trainAll(ctx context.Context) error {
	if p.seeds < 1 {
		return usageError(fmt.Sprintf("-seeds %d: there must be at least one", p.seeds))
	}
	var all []configs.Config
	var losses []string
	for _, path := range p.configs { // what needs no data is checked before the first one runs
		config, err := p.load(path)
		if err != nil {
			return err
		}
		if uint64(p.seeds-1) > math.MaxUint64-config.Seed {
			return usageError(fmt.Sprintf("-seeds %d: there are not as many seeds from %d on", p.seeds, config.Seed))
		}
		architecture, _, err := p.model(config)
		if err != nil {
			return err
		}
		if _, _, err := solver(config); err != nil {
			return err
		}
		all, losses = append(all, config), append(losses, lossName(config, architecture))
		if losses[0] != losses[len(losses)-1] {
			return usageError(fmt.Sprintf("%s and %s measure different losses (%s, %s) and cannot be compared; train them one by one",
				p.configs[0], path, losses[0], losses[len(losses)-1]))
		}
	}
	var folders []*runfolder.Folder
	for _, config := range all {
		runs, err := p.trainSeeds(ctx, config)
		if err != nil {
			return err
		}
		for _, run := range runs {
			folders = append(folders, run.folder)
		}
	}
	if len(all) < 2 {
		return nil
	}
	return p.compareFolders(folders)
}

// trainSeeds trains a config once for each seed and shows the spread, also of
// those that were done before an error or an interrupt.
func (p *program) trainSeeds(ctx context.Context, config configs.Config) (runs []finished, err error) {
	var summaries []*runfolder.Summary
	for len(runs) < p.seeds && err == nil {
		var run finished
		if run, err = p.train(ctx, config); err == nil {
			runs, summaries = append(runs, run), append(summaries, run.summary)
			config.Seed++
		}
	}
	if len(summaries) > 1 {
		terminal.Seeds(p.stdout, summaries)
	}
	return runs, err
}

// train is one run: config, dataset, batches, graph, training, history,
// pictures and report.
func (p *program) train(ctx context.Context, config configs.Config) (finished, error) {
	started := time.Now()
	images, err := p.open(ctx, config)
	if err != nil {
		return finished{}, err
	}
	architecture, weights, err := p.model(config)
	if err != nil {
		return finished{}, err
	}
	run, err := newRun(config, architecture, weights, images)
	if err != nil {
		return finished{}, err
	}
	folder, err := runfolder.Create(p.runs, config.Name, started)
	if err != nil {
		return finished{}, err
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(p.stderr, "warning: %v\n", err)
	}
	record := &record{folder: folder, config: config, init: p.init, run: run, images: images, summary: &runfolder.Summary{
		Name: config.Name, Model: architecture.Kind, Loss: lossName(config, architecture), Seed: config.Seed,
		Dataset: images.dataset.Name, Warning: images.warning, Classes: images.training.Classes,
		Images:     runfolder.Images{Training: images.training.Len(), Validation: images.validation.Len(), Test: images.test.Len()},
		Parameters: architecture.ParameterCount(), Started: started.UTC().Truncate(time.Second),
		Processor: kernels.Instructions(), Cores: runtime.GOMAXPROCS(0),
		Version: runfolder.Version(), GoVersion: runtime.Version(),
	}}
	if err := record.begin(); err != nil {
		return finished{}, err
	}
	terminal.Head(p.stdout, record.summary, folder.Path)
	record.pca = measure(ctx, config, architecture, images)
	p.follow(run, folder)

	result, err := run.Train(ctx)
	p.display.Clear()
	if err := record.end(ctx, result, err, started); err != nil {
		return finished{}, err
	}
	if why := record.pca.missing; why != "" {
		fmt.Fprintf(p.stderr, "no principal components to compare with: %s\n", why)
	}
	terminal.Summary(p.stdout, record.summary, folder.Path)
	return finished{folder, record.summary}, nil
}

// images are the dataset as a config selects, splits and transforms it.
type images struct {
	dataset                    *loaders.Dataset
	warning                    string // that they are not CIFAR-10's, and why
	training, validation, test *loaders.Set
	transform                  *loaders.Transform
}

// open loads the dataset and cuts it as the config says.
func (p *program) open(ctx context.Context, config configs.Config) (*images, error) {
	source := loaders.Source{
		Sample: config.Data.Source == "sample", Dir: config.Data.Dir, URL: config.Data.URL,
		Download: config.Data.Download, Fallback: config.Data.IfMissing == "sample",
	}
	dataset, err := p.dataset(ctx, source)
	if err != nil {
		return nil, err
	}
	cut := &images{dataset: dataset, warning: dataset.Warning(source)}
	selected, err := loaders.Select(dataset.Train, config.Data.Classes)
	if err != nil {
		return nil, err
	}
	if cut.test, err = loaders.Select(dataset.Test, config.Data.Classes); err != nil {
		return nil, err
	}
	random := config.Random("split")
	if config.Data.Split == "sequential" {
		random = nil
	}
	if cut.training, cut.validation, err = selected.Split(config.Data.Validation, random); err != nil {
		return nil, err
	}
	cut.transform = loaders.NewTransform(normalization(config.Data.Normalize))
	if config.Data.Center {
		cut.transform = cut.transform.Centered(cut.training)
	}
	return cut, nil
}

// dataset loads the source, once for all runs of this program.
func (p *program) dataset(ctx context.Context, source loaders.Source) (*loaders.Dataset, error) {
	if loaded, ok := p.datasets[source]; ok {
		return loaded, ctx.Err()
	}
	dataset, err := loaders.Open(ctx, source, p.display.Download)
	p.display.Clear()
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	if warning := dataset.Warning(source); warning != "" {
		terminal.Warning(p.stderr, warning)
	}
	p.datasets = map[loaders.Source]*loaders.Dataset{source: dataset}
	return dataset, nil
}

func normalization(n *configs.Normalize) *loaders.Normalization {
	if n == nil {
		return nil
	}
	normalization := &loaders.Normalization{}
	for c := range loaders.Channels {
		normalization.Mean[c], normalization.Std[c] = float32(n.Mean[c]), float32(n.Std[c])
	}
	return normalization
}

// model returns the config's architecture with its first weights: those of
// -init, or drawn by the seed.
func (p *program) model(config configs.Config) (*graphs.Architecture, graphs.Weights, error) {
	architecture, err := graphs.New(graphs.Spec{
		Kind: config.Model.Kind, Hidden: config.Model.Hidden, Latent: config.Model.Latent,
		Init: config.Model.Init, HingeC: config.Loss.C,
	})
	if err != nil {
		return nil, nil, usageError(err.Error())
	}
	if p.init == "" {
		return architecture, architecture.Initialize(config.Random), nil
	}
	weights, err := loadWeights(architecture, p.init)
	return architecture, weights, err
}

// lossName names the loss with all that decides its units: runs of the same
// name compare.
func lossName(config configs.Config, architecture *graphs.Architecture) string {
	n := config.Data.Normalize
	if architecture.Latent == 0 || n == nil {
		return architecture.LossName
	}
	return fmt.Sprintf("%s of pixels divided by %v", architecture.LossName, n.Std)
}

// loadWeights reads an architecture's weights from a safetensors file.
func loadWeights(architecture *graphs.Architecture, path string) (graphs.Weights, error) {
	tensors, err := runfolder.ReadWeights(path)
	if err != nil {
		return nil, err
	}
	weights, err := architecture.Load(tensors)
	if err != nil {
		return nil, &runfolder.WeightsError{Path: path, Err: err}
	}
	return weights, nil
}

// newRun puts the parts of a training run together.
func newRun(config configs.Config, architecture *graphs.Architecture, weights graphs.Weights, images *images) (*training.Run, error) {
	if size := config.Data.BatchSize; size > images.training.Len() {
		return nil, &loaders.SettingError{Key: "data.batch_size", Reason: fmt.Sprintf(
			"%d is more than the %d training images", size, images.training.Len())}
	}
	solver, schedule, err := solver(config)
	if err != nil {
		return nil, err
	}
	return &training.Run{
		Architecture: architecture, Weights: weights, Solver: solver, Schedule: schedule,
		Batches: loaders.NewBatcher(images.training, images.transform, loaders.BatchOptions{
			Size: config.Data.BatchSize, Shuffle: config.Data.Shuffle, Flip: config.Data.Flip, Random: config.Random,
		}),
		TrainingSet:   evaluationBatches(config, images, images.training),
		ValidationSet: evaluationBatches(config, images, images.validation),
		Epochs:        config.Train.Epochs, EarlyStopping: config.Train.EarlyStopping,
	}, nil
}

// solver returns the config's solver, new, and the schedule of its rate.
func solver(config configs.Config) (solvers.Solver, solvers.Schedule, error) {
	o := config.Optimizer
	solver, err := solvers.New(solvers.Spec{
		Kind: o.Kind, LearningRate: o.LearningRate, Momentum: o.Momentum, Nesterov: o.Nesterov,
		Betas: [2]float64(o.Betas), Eps: o.Eps, WeightDecay: o.WeightDecay,
	})
	if err != nil {
		return nil, nil, usageError(err.Error())
	}
	schedule, err := solvers.NewSchedule(solvers.ScheduleSpec{
		Kind: o.Schedule, Initial: o.LearningRate, Epochs: config.Train.Epochs, StepEpochs: o.StepEpochs, Gamma: o.Gamma,
	})
	if err != nil {
		return nil, nil, usageError(err.Error())
	}
	return solver, schedule, nil
}

// evaluationBatches are a set's batches in order and unaltered.
func evaluationBatches(config configs.Config, images *images, set *loaders.Set) *loaders.Batcher {
	return loaders.NewBatcher(set, images.transform, loaders.BatchOptions{Size: config.Data.EvalBatchSize})
}

// follow has the run report to the display and to metrics.csv.
func (p *program) follow(run *training.Run, folder *runfolder.Folder) {
	var last *metrics.Epoch
	run.Step = func(now training.Progress) {
		done := (now.Epoch-1)*now.Steps + now.Step
		p.display.Step(done, run.Epochs*now.Steps, now.Epoch, run.Epochs, now.Loss, last)
	}
	run.Epoch = func(epoch metrics.Epoch) error {
		last = &epoch
		p.display.Epoch(epoch, run.Epochs)
		return folder.AppendEpoch(epoch)
	}
}

// tensors are weights by name.
func tensors(weights graphs.Weights) map[string]*tensor.Dense {
	byName := make(map[string]*tensor.Dense, len(weights))
	for _, w := range weights {
		byName[w.Name] = w.Value
	}
	return byName
}
