package experiments

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/reports"
	"cifartrain/runfolder"
)

// DryRun checks configs and data as Train does and shows for each config its
// model, its images, its steps, what its runs would write, and about how long
// they would take, by a few steps on the real batches. It trains no model to
// keep, writes nothing and fetches nothing.
func (s *Session) DryRun(ctx context.Context, all []configs.Config) error {
	if err := s.check(all); err != nil {
		return err
	}
	if info, err := os.Stat(s.Runs); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, so no run folder can be made in it; name another place with -runs", s.Runs)
	}
	seconds := 0.0
	for _, config := range all {
		plan, err := s.plan(ctx, config)
		if err != nil {
			return err
		}
		reports.ShowPlan(s.Out, plan)
		seconds += plan.Seconds * float64(plan.Seeds)
	}
	reports.DryRunEnd(s.Out, len(all)*s.Seeds, filepath.Join(s.Runs, "comparison"), seconds)
	return nil
}

// plan says what the runs of a config would be.
func (s *Session) plan(ctx context.Context, config configs.Config) (reports.Plan, error) {
	if err := s.withoutFetching(ctx, config); err != nil {
		return reports.Plan{}, err
	}
	images, err := s.open(ctx, config)
	if err != nil {
		return reports.Plan{}, err
	}
	architecture, weights, err := s.model(config)
	if err != nil {
		return reports.Plan{}, err
	}
	run, err := newRun(config, architecture, weights, images)
	if err != nil {
		return reports.Plan{}, err
	}
	model, err := architecture.Build(weights, run.Batches.Size())
	if err != nil {
		return reports.Plan{}, err
	}
	pace, err := run.Measure(ctx)
	if err != nil {
		return reports.Plan{}, err
	}
	const scorings = 2 // of the test images: by the last and by the best weights
	return reports.Plan{
		Summary: newRecord(nil, config, run, images, time.Time{}, s.Init).summary, Layers: layerRows(architecture, model),
		Steps: run.Batches.Batches(), Batch: run.Batches.Size(), Epochs: config.Train.Epochs, MayStop: config.Train.EarlyStopping > 0,
		Seeds: s.Seeds, Folder: filepath.Join(s.Runs, config.Name), Files: s.files(config, architecture),
		Step: pace.Step, Epoch: pace.Epoch,
		Seconds: float64(config.Train.Epochs)*pace.Epoch + scorings*float64(images.test.Len())*pace.Image,
	}, nil
}

// withoutFetching loads the dataset for what follows. Where a run would fetch
// it, the built-in sample stands in, and a warning says so.
func (s *Session) withoutFetching(ctx context.Context, config configs.Config) error {
	source := sourceOf(config)
	if _, loaded := s.datasets[source]; loaded || source.Sample || !source.Download {
		return nil
	}
	offline := source
	offline.Download, offline.Fallback = false, true
	dataset, err := sources.Open(ctx, offline, nil)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	s.datasets = map[sources.Source]*loaders.Dataset{source: dataset}
	if dataset.StandsInBecause == "" {
		return nil
	}
	otherwise := "train on the built-in sample"
	if !source.Fallback {
		otherwise = "stop"
	}
	reports.Warning(s.Err, fmt.Sprintf("%s does not hold CIFAR-10. A run would fetch it from %s first, 170 MB, and where it cannot, %s. The figures here are of the built-in sample.",
		source.Dir, source.URL, otherwise))
	return nil
}

// layerRows is the table of a model's layers.
func layerRows(architecture *graphs.Architecture, model *graphs.Model) [][]string {
	rows := [][]string{{"layer", "values", "weight", "parameters", "activation"}}
	for _, layer := range layers(architecture, model) {
		activation := layer.Activation
		if layer.Latent {
			activation = strings.TrimPrefix(activation+", latent", ", ")
		}
		rows = append(rows, []string{layer.Name, fmt.Sprintf("%d to %d", layer.In, layer.Out),
			strings.TrimPrefix(layer.Weight, "weight "), reports.Thousands(layer.Parameters), activation})
	}
	return append(rows, []string{"total", "", "", reports.Thousands(architecture.ParameterCount()), ""})
}

// files are what a run of a config that ends well leaves behind.
func (s *Session) files(config configs.Config, architecture *graphs.Architecture) []string {
	files := []string{runfolder.ReportFile, runfolder.SummaryFile, runfolder.MetricsFile, runfolder.ConfigFile, "loss.png"}
	if architecture.Task.Classifies() {
		files = append(files, "accuracy.png", "confusion.png")
	}
	if architecture.PixelWeight != "" {
		files = append(files, "weights.png")
	}
	if architecture.Task.Restores() && config.Plots.Reconstructions > 0 {
		files = append(files, "reconstructions.png")
	}
	files = append(files, runfolder.BestWeightsFile, runfolder.LastWeightsFile)
	if s.Init != "" {
		files = append(files, runfolder.InitialWeightsFile)
	}
	files = append(files, runfolder.GraphFile, runfolder.DiagramFile, runfolder.CheckpointFile, runfolder.PreviousCheckpointFile)
	if s.TensorBoard {
		files = append(files, runfolder.TensorBoardFolder)
	}
	return files
}
