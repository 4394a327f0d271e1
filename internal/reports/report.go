package reports

import (
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

// A Picture is a PNG file in a run's folder, and what it shows.
type Picture struct {
	File    string
	Group   string // the heading above this picture and the next ones with the same group
	Meaning string // a sentence for the reader
}

// A DrawnPicture is a picture with the content of its file.
type DrawnPicture struct {
	Picture
	PNG []byte
}

// Source returns the picture as a data URL, which puts it into the page itself.
func (p DrawnPicture) Source() template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG))
}

// read reads the files of pictures in the folder.
func read(f *runfolder.Folder, pictures []Picture) ([]DrawnPicture, error) {
	var drawn []DrawnPicture
	for _, picture := range pictures {
		content, err := f.Read(picture.File)
		if err != nil {
			return nil, fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
		}
		drawn = append(drawn, DrawnPicture{picture, content})
	}
	return drawn, nil
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
		Groups   [][]DrawnPicture
		Config   string
		Again    string
		Files    []string
	}{Summary: s, Progress: progress, Tiles: tiles(s), Again: again(f, s)}
	drawn, err := read(f, pictures)
	if err != nil {
		return err
	}
	for _, one := range drawn {
		if n := len(page.Groups); n > 0 && page.Groups[n-1][0].Group == one.Group {
			page.Groups[n-1] = append(page.Groups[n-1], one)
		} else {
			page.Groups = append(page.Groups, []DrawnPicture{one})
		}
	}
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

// Yardsticks returns the losses that a run's own losses are compared with: that of
// principal components, if it was measured.
func Yardsticks(s *runfolder.Summary) []plots.Yardstick {
	if s.PCA == nil {
		return nil
	}
	return []plots.Yardstick{{Name: fmt.Sprintf("PCA, %d components", s.PCA.Components), Loss: s.PCA.ValidationMSE}}
}
