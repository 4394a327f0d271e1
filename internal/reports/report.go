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
	"math"
	"slices"

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
	err := cmp.Or(draw(&paper), draw(plots.OnDark(&dark)))
	return Picture{file, meaning, paper.Bytes(), dark.Bytes()}, err
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
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return report(w, f, s, history, pictures, "") })
}

// Report writes the page of a run that has not ended: what its summary and its
// history say so far, below a sentence on how far it is.
func Report(w io.Writer, f *runfolder.Folder, s *runfolder.Summary, history metrics.History, progress string) error {
	if err := report(w, f, s, history, nil, progress); err != nil {
		return fmt.Errorf("making the page of %s: %w", f.Path, err)
	}
	return nil
}

func report(w io.Writer, f *runfolder.Folder, s *runfolder.Summary, history metrics.History, pictures []Picture, progress string) error {
	page := struct {
		*runfolder.Summary
		Progress string
		Tiles    []Tile
		Curves   []template.HTML
		Pictures []Picture
		Inside   []template.HTML
		Dying    string
		Config   string
		Again    string
		Draw     string // the command that draws the pictures
		Files    []string
	}{Summary: s, Progress: progress, Tiles: tiles(s), Pictures: pictures, Again: again(f, s), Draw: shell.Command("report", f.Path)}
	config, err := f.Read(runfolder.ConfigFile)
	if err != nil && !(progress != "" && errors.Is(err, fs.ErrNotExist)) {
		return err
	}
	page.Config = string(config)
	if progress == "" {
		if page.Files, err = f.Files(); err != nil {
			return err
		}
	}
	if page.Curves, err = curves(s, history); err != nil {
		return err
	}
	if page.Inside, page.Dying, err = layers(f, s, history); err != nil {
		return err
	}
	return reportTemplate.Execute(w, page)
}

// again is the command that trains the run again.
func again(f *runfolder.Folder, s *runfolder.Summary) string {
	args := []string{"-config", f.File(runfolder.ConfigFile)}
	if s.InitialWeights != "" {
		args = append(args, "-init", f.File(s.InitialWeights))
	}
	return shell.Command(args...)
}

// curves returns the charts of a run's history as HTML.
func curves(s *runfolder.Summary, history metrics.History) (figures []template.HTML, err error) {
	if len(history) == 0 {
		return nil, nil
	}
	caption := plots.Caption{Run: s.Name, Dataset: s.Dataset}
	loss, err := figure(plots.LossChart(caption, history, s.Loss, Yardsticks(s)...))
	if err != nil || !s.Task.Classifies() {
		return []template.HTML{loss}, err
	}
	accuracy, err := figure(plots.AccuracyChart(caption, history))
	return []template.HTML{accuracy, loss}, err
}

// layers returns the charts of what goes on inside the layers as HTML, and a sentence
// on when units died.
func layers(f *runfolder.Folder, s *runfolder.Summary, history metrics.History) (figures []template.HTML, dying string, err error) {
	history = slices.Clone(history)
	for i := range history {
		history[i].Layers = nil
	}
	if err := f.ReadLayers(history); err != nil || len(history) == 0 {
		return nil, "", err
	}
	charts, err := plots.LayerCharts(plots.Caption{Run: s.Name, Dataset: s.Dataset}, history)
	for _, chart := range charts {
		one, failed := figure(chart, err)
		figures, err = append(figures, one), failed
	}
	if layer, epoch := history.DyingEpoch(); layer >= 0 {
		last := history.Last().Layers[layer]
		dying = fmt.Sprintf("At the end %s of the units of %s are dead; half as many were dead after %s.", plots.Percent(last.Dead), last.Name, Epochs(epoch))
	}
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

// A Tile is a figure of a run with its meaning.
type Tile struct{ Value, Meaning string }

// tiles returns the figures that the page shows first.
func tiles(s *runfolder.Summary) (all []Tile) {
	if s.Best == nil || s.Final == nil {
		return nil
	}
	add := func(value, meaning string, args ...any) {
		all = append(all, Tile{value, fmt.Sprintf(meaning, args...)})
	}
	r := newResult(s)
	for _, of := range [][2]string{{"val", "validation"}, {"test", "test"}} {
		if text := r.text("best_" + of[0]); text != "" {
			add(text, "%s %s of the best epoch, %d", of[1], measure(r.classifies), s.Best.Epoch)
		}
		if text := r.text(of[0]); text != "" && s.Final.Epoch != s.Best.Epoch {
			add(text, "%s %s of the last epoch, %d", of[1], measure(r.classifies), s.Final.Epoch)
		}
	}
	if share := baseline(s); share > 0 {
		add(plots.Percent(share), "test accuracy of always answering the commonest class")
	}
	if s.Best.TestLoss != nil && s.PCA != nil {
		add(fmt.Sprintf("%.3g times", *s.Best.TestLoss/s.PCA.TestMSE), "the test loss of %d principal components, %s: the best a linear autoencoder can do", s.PCA.Components, plots.Loss(s.PCA.TestMSE))
	}
	if s.Seconds > 0 {
		add(Duration(s.Seconds), "from start to report, %s images/s in training", Thousands(int(math.Round(s.ImagesPerSecond))))
	}
	return all
}

// baseline is the accuracy on test images of always answering the commonest class;
// 0 if it is not known.
func baseline(s *runfolder.Summary) float64 {
	if s.Confusion == nil || s.Confusion.Total() == 0 {
		return 0
	}
	most := 0
	for _, class := range s.Confusion.ByClass() {
		most = max(most, class.Samples)
	}
	return float64(most) / float64(s.Confusion.Total())
}
