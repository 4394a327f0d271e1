package commands

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"cifartrain/internal/exports"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// ExportOptions say what to export from a run, and how.
type ExportOptions struct {
	Format  string // onnx, npz, safetensors or html; if empty, what the file's ending says, or onnx
	Part    string // of an autoencoder in ONNX: all, encoder or decoder
	Weights string // best or last
	File    string // the file to write; "-" for the standard output; if empty, name-weights.format in the current folder
}

// An exported run is everything that goes into an export.
type exported struct {
	*runs.Prepared
	summary *runfolder.Summary // nil if the run has none
	which   string             // the run and its weights in words
}

// formats are the export formats. Each is also the ending of its files.
var formats = []string{"onnx", "npz", "safetensors", "html"}

// Export writes the weights of the run at path in a form for other programs. It
// never overwrites a file. See [configs.Load] for the overrides.
func Export(ctx context.Context, s *runs.Session, path string, options ExportOptions, overrides []string) error {
	if err := options.settle(); err != nil {
		return err
	}
	run, err := openExported(ctx, s, path, options, overrides)
	if err != nil {
		return err
	}
	content, lines, err := run.encode(ctx, options)
	if err != nil {
		return err
	}
	if options.File == standardOutput {
		_, err := s.Out.Write(content)
		return err
	}
	what := options.Weights
	if options.Part != string(exports.All) {
		what += "-" + options.Part
	}
	file := cmp.Or(options.File, fmt.Sprintf("%s-%s.%s", run.Config.Name, what, options.Format))
	if err := writeNew(file, content); err != nil {
		return err
	}
	weights, err := run.weightLines(options.Part)
	if err != nil {
		return err
	}
	lines = append(lines, weights...)
	reports.ShowExport(s.Out, file, len(content), run.which, lines)
	return nil
}

// weightLines names the weights of a part with their shapes.
func (e *exported) weightLines(part string) (lines [][2]string, err error) {
	weights := e.Weights
	if part != string(exports.All) {
		model, err := e.model(exports.Part(part))
		if err != nil {
			return nil, err
		}
		weights = model.PartWeights()
	}
	for _, w := range weights {
		lines = append(lines, [2]string{w.Name, fmt.Sprint(w.Value.Shape())})
	}
	return lines, nil
}

// standardOutput is the file name that stands for the standard output.
const standardOutput = "-"

// settle determines the format. If none is named, the file's ending decides; an
// ending that contradicts the named format is an error.
func (o *ExportOptions) settle() error {
	ending := strings.TrimPrefix(filepath.Ext(o.File), ".")
	known := slices.Contains(formats, ending)
	switch {
	case o.Weights != "best" && o.Weights != "last":
		return wrong("-weights %q: it must be best or last", o.Weights)
	case o.Format != "" && !slices.Contains(formats, o.Format):
		return wrong("-format %q: it must be one of %s", o.Format, strings.Join(formats, ", "))
	case o.Format != "" && known && ending != o.Format:
		return wrong("-o %s ends like %s, but -format asks for %s: leave one of them out", o.File, ending, o.Format)
	case o.Format == "" && known:
		o.Format = ending
	case o.Format == "" && o.File != "" && o.File != standardOutput:
		return wrong("-o %s: its ending is not one of %s, so name the format with -format", o.File, "."+strings.Join(formats, ", ."))
	}
	o.Format = cmp.Or(o.Format, "onnx")
	if parts := []string{string(exports.All), string(exports.Encoder), string(exports.Decoder)}; !slices.Contains(parts, o.Part) {
		return wrong("-part %q: it must be one of %s", o.Part, strings.Join(parts, ", "))
	}
	if o.Part != string(exports.All) && o.Format != "onnx" {
		return wrong("-part %s is possible only for onnx; %s always holds the whole model", o.Part, o.Format)
	}
	return nil
}

// encode returns the run in a format, and lines that say what the exported
// model takes and returns.
func (e *exported) encode(ctx context.Context, options ExportOptions) (content []byte, lines [][2]string, err error) {
	switch options.Format {
	case "npz":
		content, err = exports.NPZ(e.Weights)
		return content, nil, err
	case "html":
		content, err = e.page(ctx)
		return content, [][2]string{{"a page", "that computes the model itself: open it in a browser"}}, err
	}
	model, err := e.model(exports.Part(options.Part))
	if err != nil {
		return nil, nil, err
	}
	if options.Format == "onnx" {
		content, err = exports.ONNX(model)
		return content, inputAndOutput(model), err
	}
	metadata := map[string]string{"pixels": runs.PlainPixels}
	weights, err := exports.Fold(model)
	if errors.Is(err, exports.ErrShared) {
		weights, metadata = e.Weights, e.PixelMetadata()
		lines = [][2]string{{"not folded", err.Error() + "; the file's metadata says what must be done to pixels first"}}
	} else if model.Normalization != nil || model.MeanImage != nil {
		lines = [][2]string{{"folded", "the preprocessing is part of the first and the last layer; the model takes pixels in [0, 1] as they are"}}
	}
	content, err = runfolder.Safetensors(weights.ByName(), metadata)
	return content, lines, err
}

// page returns the run's demo page.
func (e *exported) page(ctx context.Context) ([]byte, error) {
	demo, err := e.Demo(ctx)
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer
	err = reports.WriteDemo(&content, demo, e.Drawn(nil))
	return content.Bytes(), err
}

// openExported opens the run at path. Only a page needs its images.
func openExported(ctx context.Context, s *runs.Session, path string, options ExportOptions, overrides []string) (*exported, error) {
	run, err := s.Open(path, overrides)
	if err != nil {
		return nil, err
	}
	choose := run.BestWeights
	if options.Weights == "last" {
		choose = run.LastWeights
	}
	weights, which, err := choose()
	if err != nil {
		return nil, err
	}
	need := runs.Need{Weights: weights, Trained: run.Summary, Images: options.Format == "html", Pixels: options.Format != "npz"}
	prepared, err := s.Prepare(ctx, run.Config, need)
	switch {
	case err != nil && need.Images:
		return nil, fmt.Errorf("the page holds some of the test images: %w", err)
	case err != nil:
		return nil, err
	}
	return &exported{prepared, run.Summary, fmt.Sprintf("%s: %s, %s", run.Config.Name, prepared.Architecture.Kind, which)}, nil
}

// model describes the run's model, or a part of it, for ONNX.
func (e *exported) model(part exports.Part) (exports.Model, error) {
	if part != exports.All && e.Architecture.Latent == 0 {
		return exports.Model{}, wrong("-part %s: a %s has no code and no parts", part, e.Architecture.Kind)
	}
	built, err := e.Architecture.Build(e.Weights, 1)
	if err != nil {
		return exports.Model{}, err
	}
	model := exports.Model{
		Name: e.Config.Name, Version: runfolder.Version(),
		Part: part, Shape: e.Shape, Layers: built.Layers, Weights: e.Weights, Restores: e.Architecture.Task.Restores(),
		Normalization: e.Normalization(), MeanImage: e.Transform.MeanImage(), Metadata: e.metadata(),
	}
	model.Doc = e.which + "."
	for _, line := range inputAndOutput(model) {
		model.Doc += fmt.Sprintf("\n%s: %s", line[0], line[1])
	}
	if e.Architecture.Task.Classifies() && len(e.Classes) == 2 {
		model.Doc += fmt.Sprintf("\nA score above 0 says %s, any other %s.", e.Classes[1], e.Classes[0])
	}
	return model, nil
}

// metadata returns what an exported model says about its run.
func (e *exported) metadata() map[string]string {
	metadata := map[string]string{
		"run": e.Config.Name, "model": e.Architecture.Kind, "weights": e.which,
		"seed": fmt.Sprint(e.Config.Seed), "classes": strings.Join(e.Classes, ","),
		"loss": e.Loss(),
	}
	if e.summary != nil {
		metadata["dataset"] = e.summary.Dataset
	}
	return metadata
}

// inputAndOutput says what an exported model takes and returns, and in which
// form.
func inputAndOutput(m exports.Model) [][2]string {
	meanings := map[string]string{
		exports.Input:          "red, green and blue in [0, 1]; " + within(m),
		exports.Reconstruction: "pixels again",
	}
	var lines [][2]string
	for _, tensor := range append([]exports.Tensor{m.Input()}, m.Outputs()...) {
		text := "(N"
		for _, size := range tensor.Shape {
			text += fmt.Sprintf(", %d", size)
		}
		text += ") float32"
		if meaning := meanings[tensor.Name]; meaning != "" {
			text += ", " + meaning
		}
		lines = append(lines, [2]string{tensor.Name, text})
	}
	return lines
}

// within says which preprocessing the model does itself.
func within(m exports.Model) string {
	switch {
	case m.Normalization != nil && m.MeanImage != nil:
		return "the model normalizes them and subtracts the mean image"
	case m.Normalization != nil:
		return "the model normalizes them"
	case m.MeanImage != nil:
		return "the model subtracts the mean image"
	}
	return "the model takes them as they are"
}
