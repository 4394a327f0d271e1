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
	"cifartrain/internal/series"
)

// formats are the export formats. Each is also the ending of its files.
var formats = []string{"onnx", "npz", "safetensors", "html"}

// exportRun writes a run's weights in a form for other programs. It overwrites
// nothing.
func (p *program) exportRun(ctx context.Context, operands []string) error {
	if err := p.settleFormat(); err != nil {
		return err
	}
	run, err := p.openExported(ctx, operands[0])
	if err != nil {
		return err
	}
	content, lines, err := encodeAs(ctx, p.format, run)
	if err != nil {
		return err
	}
	if p.file == standardOutput {
		_, err := p.stdout.raw().Write(content)
		return err
	}
	file := cmp.Or(p.file, fmt.Sprintf("%s-%s.%s", run.Config.Name, p.weights, p.format))
	if err := writeNew(file, content); err != nil {
		return err
	}
	for _, w := range run.Weights {
		lines = append(lines, [2]string{w.Name, fmt.Sprint(w.Value.Shape())})
	}
	reports.ShowExport(p.stdout, file, len(content), described(run), lines)
	return nil
}

// settleFormat determines the format. If none is named, the file's ending
// decides; an ending that contradicts the named format is an error.
func (p *program) settleFormat() error {
	ending := strings.TrimPrefix(filepath.Ext(p.file), ".")
	known := slices.Contains(formats, ending)
	switch {
	case p.weights != "best" && p.weights != "last":
		return runs.Requestf("-weights %q: it must be best or last", p.weights)
	case p.format != "" && !slices.Contains(formats, p.format):
		return runs.Requestf("-format %q: it must be one of %s", p.format, strings.Join(formats, ", "))
	case p.format != "" && known && ending != p.format:
		return runs.Requestf("-o %s ends like %s, but -format asks for %s: leave one of them out", p.file, ending, p.format)
	case p.format == "" && known:
		p.format = ending
	case p.format == "" && p.file != "" && p.file != standardOutput:
		return runs.Requestf("-o %s: its ending is not one of %s, so name the format with -format", p.file, "."+strings.Join(formats, ", ."))
	}
	p.format = cmp.Or(p.format, "onnx")
	return nil
}

// encodeAs returns the run in a format, and lines that say what the exported
// model takes and returns.
func encodeAs(ctx context.Context, format string, run *runs.Run) (content []byte, lines [][2]string, err error) {
	switch format {
	case "npz":
		content, err = exports.NPZ(run.Weights)
		return content, nil, err
	case "html":
		demo, err := run.Demo(ctx)
		if err != nil {
			return nil, nil, err
		}
		var page bytes.Buffer
		err = exports.WriteDemo(&page, demo)
		return page.Bytes(), [][2]string{{"a page", "that computes the model itself: open it in a browser"}}, err
	}
	model, err := exportedModel(run)
	if err != nil {
		return nil, nil, err
	}
	if format == "onnx" {
		content, err = exports.ONNX(model)
		return content, model.Describe(), err
	}
	metadata := map[string]string{"pixels": runs.PlainPixels}
	weights, err := exports.Fold(model)
	if err != nil {
		weights, metadata = run.Weights, run.PixelMetadata()
		lines = [][2]string{{"not folded", err.Error() + "; the file's metadata says what must be done to pixels first"}}
	} else if model.Normalization != nil || model.MeanImage != nil {
		lines = [][2]string{{"folded", "the preprocessing is part of the first and the last layer; the model takes pixels in [0, 1] as they are"}}
	}
	content, err = runfolder.Safetensors(weights.ByName(), metadata)
	return content, lines, err
}

// openExported opens the run at path. Only a page needs its images.
func (p *program) openExported(ctx context.Context, path string) (*runs.Run, error) {
	run, err := series.Open(&p.session, path, p.settings())
	if err != nil {
		return nil, err
	}
	need := runs.Need{Images: p.format == "html", Pixels: p.format != "npz"}
	err = run.PrepareTrained(ctx, p.weights == "last", need)
	if need.Images && err != nil && !errors.As(err, new(runs.RequestError)) {
		return nil, fmt.Errorf("the page holds some of the test images: %w", err)
	}
	return run, err
}

// described says which run and which of its weights are exported.
func described(run *runs.Run) string {
	return fmt.Sprintf("%s: %s, %s", run.Config.Name, run.Architecture.Kind, run.WeightsName)
}

// exportedModel describes the run's model for ONNX.
func exportedModel(run *runs.Run) (exports.Model, error) {
	built, err := run.Architecture.Build(run.Weights, 1)
	if err != nil {
		return exports.Model{}, err
	}
	model := exports.Model{
		Name: run.Config.Name, Version: runfolder.Version(), Doc: described(run) + ".",
		Shape: run.Shape, Graph: built, Weights: run.Weights, Reconstructs: run.Architecture.Task.Reconstructs(), Probabilities: run.Architecture.Probabilities,
		Normalization: run.Normalization(), MeanImage: run.Transform.MeanImage(),
		Metadata: map[string]string{
			"run": run.Config.Name, "model": run.Architecture.Kind, "weights": described(run), "seed": fmt.Sprint(run.Config.Seed),
			"classes": strings.Join(run.Classes, ","), "loss": run.Loss(),
		},
	}
	for _, line := range model.Describe() {
		model.Doc += fmt.Sprintf("\n%s: %s", line[0], line[1])
	}
	if run.Architecture.Task.Classifies() && len(run.Classes) == 2 {
		model.Doc += fmt.Sprintf("\nA score above 0 says %s, any other %s.", run.Classes[1], run.Classes[0])
	}
	if run.Summary != nil {
		model.Metadata["dataset"] = run.Summary.Dataset
	}
	return model, nil
}
