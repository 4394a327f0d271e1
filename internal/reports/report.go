package reports

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/metrics"
	"cifartrain/plots"
)

//go:embed report.html
var reportText string

var reportTemplate = newPage(reportText)

// A Picture is a PNG of a folder, drawn for paper and for dark pages.
type Picture struct {
	File      string
	Meaning   string // a sentence for readers who cannot see it
	PNG, Dark []byte
}

// Draw draws a picture with a function that writes it as a PNG.
func Draw(file, meaning string, draw func(io.Writer) error) (Picture, error) {
	var paper, dark bytes.Buffer
	if err := cmp.Or(draw(&paper), draw(plots.OnDark(&dark))); err != nil {
		return Picture{}, fmt.Errorf("drawing %s: %w", file, err)
	}
	return Picture{file, meaning, paper.Bytes(), dark.Bytes()}, nil
}

// source returns a PNG as a data URL, which puts it into the page itself.
func source(png []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png))
}

// WriteReport writes report.html: the summary, the curves of metrics.csv, the
// pictures, which are part of the page, and the config.
func WriteReport(f *runfolder.Folder, s *runfolder.Summary, pictures []Picture) error {
	history, err := f.History()
	if err != nil && !(errors.Is(err, fs.ErrNotExist) && s.Epochs == 0) {
		return err
	}
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return Report(w, f, s, history, pictures, "") })
}

// Report writes the page of a run. If it has not ended, progress is a sentence on how
// far it is.
func Report(w io.Writer, f *runfolder.Folder, s *runfolder.Summary, history metrics.History, pictures []Picture, progress string) error {
	again := []string{"-config", f.File(runfolder.ConfigFile)}
	if s.InitialWeights != "" {
		again = append(again, "-init", f.File(s.InitialWeights))
	}
	page := struct {
		*runfolder.Summary
		Progress       string
		Curves, Inside []template.HTML
		Dying          string
		Pictures       []Picture
		Config         string
		Again, Draw    string // the commands that train the run again and draw its pictures
		Files          []string
	}{Summary: s, Progress: progress, Pictures: pictures, Again: shell.Command(again...), Draw: shell.Command("report", f.Path)}
	config, err := f.Read(runfolder.ConfigFile)
	if errors.Is(err, fs.ErrNotExist) && progress != "" {
		err = nil
	}
	page.Config = string(config)
	if err == nil && progress == "" {
		page.Files, err = f.Files()
	}
	if err == nil {
		page.Curves, err = figuresOf(curves(s, history))
	}
	if err == nil {
		page.Inside, page.Dying, err = layers(f, s, history)
	}
	if err != nil {
		return fmt.Errorf("making the page of %s: %w", f.Path, err)
	}
	return reportTemplate.Execute(w, page)
}

// curves returns the charts of a run's history.
func curves(s *runfolder.Summary, history metrics.History) (charts []*plots.Chart, err error) {
	if len(history) == 0 {
		return nil, nil
	}
	caption := plots.Caption{Run: s.Name, Dataset: s.Dataset}
	loss, err := plots.LossChart(caption, history, s.Loss, Yardsticks(s)...)
	if err != nil || !s.Task.Classifies() {
		return []*plots.Chart{loss}, err
	}
	accuracy, err := plots.AccuracyChart(caption, history)
	return []*plots.Chart{accuracy, loss}, err
}

// layers returns the charts of what goes on inside the layers as HTML, and a sentence
// on when units died.
func layers(f *runfolder.Folder, s *runfolder.Summary, history metrics.History) (figures []template.HTML, dying string, err error) {
	if err := f.ReadLayers(history); err != nil || len(history) == 0 {
		return nil, "", err
	}
	if layer, epoch := history.DyingEpoch(); layer >= 0 {
		dying = fmt.Sprintf("After %s, %s had at least half as many dead units as at the end.", Epochs(epoch), history.Last().Layers[layer].Name)
	}
	figures, err = figuresOf(plots.LayerCharts(plots.Caption{Run: s.Name, Dataset: s.Dataset}, history))
	return figures, dying, err
}

// Yardsticks returns the losses that a run's own losses are compared with: that of
// principal components, if it was measured.
func Yardsticks(s *runfolder.Summary) []plots.Yardstick {
	if s.PCA == nil {
		return nil
	}
	return []plots.Yardstick{{Name: fmt.Sprintf("PCA, %d components", s.PCA.Components), Loss: s.PCA.ValidationMSE}}
}
