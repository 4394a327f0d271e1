package experiments

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/exports"
	"cifartrain/graphs"
	"cifartrain/loaders/cifar"
	"cifartrain/reports"
	"cifartrain/runfolder"
)

// An Export says what to make of a run.
type Export struct {
	Format  string // onnx, npz or safetensors
	Weights string // best or last
	File    string // to write; empty for name-weights.format in the current folder
}

// A source is the run that an export is made of.
type source struct {
	config       configs.Config
	architecture *graphs.Architecture
	weights      graphs.Weights
	weightsFile  string
	which        string // the weights in words
	summary      *runfolder.Summary
}

// Export writes the weights of the run at path as other programs read them. It
// never writes over a file. overrides are those of [Session.Load].
func (s *Session) Export(ctx context.Context, path string, export Export, overrides []string) error {
	if err := export.check(); err != nil {
		return err
	}
	from, err := s.source(path, export.Weights, overrides)
	if err != nil {
		return err
	}
	var content []byte
	var lines [][2]string
	switch export.Format {
	case "onnx":
		var model exports.Model
		if model, err = s.exported(ctx, from); err == nil {
			content, err = exports.ONNX(model)
			lines = inputAndOutput(model)
		}
	case "npz":
		content, err = exports.NPZ(from.weights)
	case "safetensors": // the run's own file, which was read and found sound
		content, err = os.ReadFile(from.weightsFile)
	}
	if err != nil {
		return err
	}
	file := export.File
	if file == "" {
		file = fmt.Sprintf("%s-%s.%s", from.config.Name, export.Weights, export.Format)
	}
	err = runfolder.WriteNew(file, content)
	if errors.Is(err, fs.ErrExist) {
		return UsageError(fmt.Sprintf("%s is there already and stays as it is: name another file with -o", file))
	}
	if err != nil {
		return err
	}
	for _, w := range from.weights {
		lines = append(lines, [2]string{w.Name, fmt.Sprint(w.Value.Shape())})
	}
	reports.ShowExport(s.Out, file, len(content), from.which, lines)
	return nil
}

func (e Export) check() error {
	if formats := []string{"onnx", "npz", "safetensors"}; !slices.Contains(formats, e.Format) {
		return UsageError(fmt.Sprintf("-format %q: there are %s", e.Format, strings.Join(formats, ", ")))
	}
	if e.Weights != "best" && e.Weights != "last" {
		return UsageError(fmt.Sprintf("-weights %q: there are best, last", e.Weights))
	}
	return nil
}

// source reads a run's config, weights and, where it has one, its summary.
func (s *Session) source(path, weights string, overrides []string) (*source, error) {
	folder, err := runfolder.Open(path)
	if err != nil {
		return nil, UsageError(err.Error())
	}
	from := &source{weightsFile: folder.File(runfolder.BestWeightsFile), which: "the best weights (by validation loss)"}
	if weights == "last" {
		from.weightsFile, from.which = folder.File(runfolder.LastWeightsFile), "the last weights"
	}
	if from.config, err = s.Load(folder.File(runfolder.ConfigFile), overrides); err != nil {
		return nil, err
	}
	s.Init = from.weightsFile
	if from.architecture, from.weights, err = s.model(from.config); err != nil {
		return nil, err
	}
	if from.summary, err = folder.Summary(); err == nil {
		figures := from.summary.Best
		if weights == "last" {
			figures = from.summary.Final
		}
		if figures != nil {
			from.which += fmt.Sprintf(", epoch %d of %d", figures.Epoch, from.summary.Epochs)
		}
	}
	from.which = fmt.Sprintf("%s: %s, %s", from.config.Name, from.architecture.Kind, from.which)
	return from, nil
}

// exported tells a run's model as ONNX needs it. The mean image of a centered
// run is that of its training images, which must be there for that.
func (s *Session) exported(ctx context.Context, from *source) (exports.Model, error) {
	built, err := from.architecture.Build(from.weights, 1)
	if err != nil {
		return exports.Model{}, err
	}
	model := exports.Model{
		Name: from.config.Name, Version: runfolder.Version(),
		Shape: cifar.Shape, Layers: built.Layers, Weights: from.weights, Restores: from.architecture.Task.Restores(),
		Normalization: normalization(from.config.Data.Normalize), Metadata: from.metadata(),
	}
	if from.config.Data.Center {
		from.config.Data.IfMissing = "fail" // another set's mean image would be wrong
		images, err := s.open(ctx, from.config)
		if err != nil {
			return exports.Model{}, fmt.Errorf("the mean image of the training images is part of this model: %w", err)
		}
		model.MeanImage = images.transform.MeanImage()
	}
	model.Doc = from.which + "."
	for _, line := range inputAndOutput(model) {
		model.Doc += fmt.Sprintf("\n%s: %s", line[0], line[1])
	}
	if classes := from.config.Data.Classes; from.architecture.Task.Classifies() && len(classes) == 2 {
		model.Doc += fmt.Sprintf("\nA score above 0 says %s, any other %s.", classes[1], classes[0])
	}
	return model, nil
}

// metadata is what an exported model says of its run.
func (from *source) metadata() map[string]string {
	classes := from.config.Data.Classes
	if classes == nil {
		classes = configs.Classes()
	}
	metadata := map[string]string{
		"run": from.config.Name, "model": from.architecture.Kind, "weights": from.which,
		"seed": fmt.Sprint(from.config.Seed), "classes": strings.Join(classes, ","),
		"loss": lossName(from.config, from.architecture),
	}
	if from.summary != nil {
		metadata["dataset"] = from.summary.Dataset
	}
	return metadata
}

// inputAndOutput says what an exported model takes and gives, and in which
// form.
func inputAndOutput(m exports.Model) [][2]string {
	within := "the model takes them as they are"
	switch {
	case m.Normalization != nil && m.MeanImage != nil:
		within = "the model normalises them and subtracts the mean image"
	case m.Normalization != nil:
		within = "the model normalises them"
	case m.MeanImage != nil:
		within = "the model subtracts the mean image"
	}
	shape := "(N"
	for _, size := range m.OutputShape() {
		shape += fmt.Sprintf(", %d", size)
	}
	result := shape + ") float32"
	if m.Restores {
		result += ", pixels again"
	}
	return [][2]string{
		{exports.Input, fmt.Sprintf("(N, %d, %d, %d) float32, red, green and blue in [0, 1]; %s", m.Shape.Channels, m.Shape.Height, m.Shape.Width, within)},
		{m.Output(), result},
	}
}
