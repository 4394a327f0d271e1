package runfolder

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"os"
)

//go:embed report.html
var reportPage string

// pageStyle is the style of all pages.
//
//go:embed style.css
var pageStyle string

// newPage parses a page, which can ask for the template "style".
func newPage(text string, functions template.FuncMap) *template.Template {
	page := template.Must(template.New("page").Funcs(functions).Parse(text))
	return template.Must(page.New("style").Parse(pageStyle))
}

var reportTemplate = newPage(reportPage, template.FuncMap{
	"share": func(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) },
	"percent": func(share *float64) string {
		if share == nil {
			return "–"
		}
		return fmt.Sprintf("%.2f%%", 100**share)
	},
	"loss": func(loss float64) string { return fmt.Sprintf("%.5g", loss) },
	"test": func(loss *float64) string {
		if loss == nil {
			return "–"
		}
		return fmt.Sprintf("%.5g", *loss)
	},
	"megabytes": func(bytes int64) string {
		if bytes == 0 {
			return "unknown"
		}
		return fmt.Sprintf("%d MB", bytes>>20)
	},
}).Lookup("page")

// A Picture is a PNG of the folder with what it shows.
type Picture struct {
	File    string
	Meaning string // a sentence for the reader
}

// WriteReport writes report.html: the summary, the pictures, which it holds
// itself, and the config.
func (f *Folder) WriteReport(s *Summary, pictures []Picture) error {
	type figure struct {
		Picture
		Source template.URL
	}
	page := struct {
		*Summary
		Pictures []figure
		Config   string
		Graph    string
		Diagram  template.HTML
	}{Summary: s}
	for _, p := range pictures {
		source, err := f.source(p.File)
		if err != nil {
			return err
		}
		page.Pictures = append(page.Pictures, figure{p, source})
	}
	var diagram string
	for name, text := range map[string]*string{ConfigFile: &page.Config, GraphFile: &page.Graph, DiagramFile: &diagram} {
		content, err := os.ReadFile(f.File(name))
		if err != nil {
			return fmt.Errorf("runfolder: making %s: %w", ReportFile, err)
		}
		*text = string(content)
	}
	page.Diagram = template.HTML(diagram) // it was escaped as it was drawn
	return f.WriteWith(ReportFile, func(w io.Writer) error { return reportTemplate.Execute(w, page) })
}

// source is a picture of the folder as a page holds it.
func (f *Folder) source(picture string) (template.URL, error) {
	content, err := os.ReadFile(f.File(picture))
	if err != nil {
		return "", fmt.Errorf("runfolder: making %s: %w", ReportFile, err)
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(content)), nil
}
