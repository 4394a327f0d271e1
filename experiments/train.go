package experiments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"cifartrain/configs"
	"cifartrain/exports"
	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/reports"
	"cifartrain/runfolder"
	"cifartrain/solvers"
	"cifartrain/training"
)

// train is one run: config, dataset, batches, graph, training, history,
// pictures and report.
func (s *Session) train(ctx context.Context, config configs.Config) (finished, error) {
	started := time.Now()
	images, err := s.open(ctx, config)
	if err != nil {
		return finished{}, err
	}
	architecture, weights, err := s.model(config)
	if err != nil {
		return finished{}, err
	}
	if err := s.align(ctx, architecture, weights, images); err != nil {
		return finished{}, err
	}
	run, err := newRun(config, architecture, weights, images)
	if err != nil {
		return finished{}, err
	}
	folder, err := runfolder.Create(s.Runs, config.Name, started)
	if err != nil {
		return finished{}, err
	}
	unlock, err := folder.Lock()
	if err != nil {
		return finished{}, err
	}
	defer unlock()
	record := newRecord(folder, config, run, images, started, s.Init)
	if err := record.begin(); err != nil {
		return finished{}, err
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	return s.carryOut(ctx, record)
}

// carryOut trains a run, from its beginning or from where it stands, and writes
// what comes of it.
func (s *Session) carryOut(ctx context.Context, record *record) (finished, error) {
	folder, run := record.folder, record.run
	reports.ShowHead(s.Out, record.summary, folder.Path)
	first := 1
	if run.Resume != nil {
		first += len(run.Resume.History)
	}
	board, err := s.board(folder, first)
	if err != nil {
		return finished{}, err
	}
	defer board.Close()
	record.pca = measure(ctx, record.config, run.Architecture, record.images)
	s.follow(run, folder, board)
	run.Save, run.SaveEvery = record.save, cmp.Or(s.saveEvery, time.Minute)

	result, err := run.Train(ctx)
	s.Display.Clear()
	if err := record.end(ctx, result, err); err != nil {
		return finished{}, err
	}
	if why := record.pca.missing; why != "" {
		fmt.Fprintf(s.Err, "no principal components to compare with: %s\n", why)
	}
	reports.ShowSummary(s.Out, record.summary, folder.Path)
	return finished{folder, record.summary}, nil
}

// model returns the config's architecture with its first weights: those of
// -init, or drawn by the seed.
func (s *Session) model(config configs.Config) (*graphs.Architecture, graphs.Weights, error) {
	architecture, err := graphs.New(graphs.Spec{
		Kind: config.Model.Kind, Hidden: config.Model.Hidden, Latent: config.Model.Latent,
		Init: config.Model.Init, HingeC: config.Loss.C, SquaredHinge: config.Loss.Kind == "squared_hinge",
	})
	if err != nil {
		return nil, nil, UsageError(err.Error())
	}
	if s.Init == "" {
		return architecture, architecture.Initialize(config.Random), nil
	}
	weights, err := loadWeights(architecture, s.Init)
	return architecture, weights, err
}

// align gives weights of init pca the training images' principal components,
// unless a file gave the weights.
func (s *Session) align(ctx context.Context, architecture *graphs.Architecture, weights graphs.Weights, images *images) error {
	count := architecture.PrincipalComponents()
	if count == 0 || s.Init != "" {
		return nil
	}
	components, err := metrics.PrincipalComponents(ctx, count, images.training)
	if err != nil {
		return err
	}
	if len(components) < count {
		return &loaders.SettingError{Key: "model.init", Reason: fmt.Sprintf(
			"the training images have %d principal components, and pca needs %d, half of the first hidden layer's width", len(components), count)}
	}
	return architecture.Align(weights, components)
}

// lossName names the loss with all that decides its units: runs of the same
// name compare.
func lossName(config configs.Config, architecture *graphs.Architecture) string {
	n := config.Data.Normalize
	if !architecture.Task.Restores() || n == nil {
		return architecture.LossName
	}
	return fmt.Sprintf("%s of pixels divided by %v", architecture.LossName, n.Std)
}

// loadWeights reads an architecture's weights from a safetensors file.
func loadWeights(architecture *graphs.Architecture, path string) (graphs.Weights, error) {
	tensors, err := runfolder.ReadWeights(path, architecture.ParameterCount())
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
	if err := suits(config, images); err != nil {
		return nil, err
	}
	solver, schedule, err := solver(config)
	if err != nil {
		return nil, err
	}
	run := &training.Run{
		Architecture: architecture, Weights: weights, Solver: solver, Schedule: schedule, Warmup: solvers.Warmup(config.Optimizer.WarmupSteps),
		Batches: loaders.NewBatcher(images.training, images.transform, loaders.BatchOptions{
			Size: config.Data.BatchSize, Shuffle: config.Data.Shuffle,
			Flip: config.Data.Flip, Shift: config.Data.Shift, Random: config.Random,
		}),
		TrainingSet:   evaluationBatches(config, images, images.training),
		ValidationSet: evaluationBatches(config, images, images.validation),
		Epochs:        config.Train.Epochs, EarlyStopping: config.Train.EarlyStopping,
	}
	if decay := config.Train.AverageDecay; decay > 0 {
		run.Average = training.NewAverage(weights, decay)
	}
	return run, nil
}

// suits returns an error where the images are too few for a config.
func suits(config configs.Config, images *images) error {
	if size := config.Data.BatchSize; size > images.training.Len() {
		return &loaders.SettingError{Key: "data.batch_size", Reason: fmt.Sprintf(
			"%d is more than the %d training images", size, images.training.Len())}
	}
	return nil
}

// solver returns the config's solver, new, and the schedule of its rate.
func solver(config configs.Config) (solvers.Solver, solvers.Schedule, error) {
	o := config.Optimizer
	solver, err := solvers.New(solvers.Spec{
		Kind: o.Kind, LearningRate: o.LearningRate, Momentum: o.Momentum, Nesterov: o.Nesterov,
		Betas: [2]float64(o.Betas), Eps: o.Eps, WeightDecay: o.WeightDecay, ClipNorm: o.ClipNorm,
	})
	if err != nil {
		return nil, nil, UsageError(err.Error())
	}
	schedule, err := solvers.NewSchedule(solvers.ScheduleSpec{
		Kind: o.Schedule, Initial: o.LearningRate, Epochs: config.Train.Epochs, StepEpochs: o.StepEpochs, Gamma: o.Gamma,
	})
	if err != nil {
		return nil, nil, UsageError(err.Error())
	}
	return solver, schedule, nil
}

// evaluationBatches are a set's batches in order and unaltered.
func evaluationBatches(config configs.Config, images *images, set *loaders.Set) *loaders.Batcher {
	return loaders.NewBatcher(set, images.transform, loaders.BatchOptions{Size: config.Data.EvalBatchSize})
}

// follow has the run report to the display, to metrics.csv and to TensorBoard.
func (s *Session) follow(run *training.Run, folder *runfolder.Folder, board *exports.EventWriter) {
	var last *metrics.Epoch
	if run.Resume != nil && len(run.Resume.History) > 0 {
		epoch := run.Resume.History.Last()
		last = &epoch
	}
	run.Step = func(now training.Progress) {
		done := (now.Epoch-1)*now.Steps + now.Step
		s.Display.Step(done, run.Epochs*now.Steps, now.Epoch, run.Epochs, now.Loss, last)
	}
	run.Epoch = func(epoch metrics.Epoch) error {
		last = &epoch
		s.Display.Epoch(epoch, run.Epochs)
		return errors.Join(folder.AppendEpoch(epoch), board.Scalars(epoch.Number, scalars(epoch)))
	}
}
