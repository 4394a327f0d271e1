package runfolder

import (
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
)

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
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
}).Parse(reportPage))

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
	}{Summary: s}
	for _, p := range pictures {
		content, err := os.ReadFile(f.File(p.File))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("runfolder: making %s: %w", ReportFile, err)
		}
		source := template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(content))
		page.Pictures = append(page.Pictures, figure{p, source})
	}
	for name, text := range map[string]*string{ConfigFile: &page.Config, GraphFile: &page.Graph} {
		content, err := os.ReadFile(f.File(name))
		if err != nil {
			return fmt.Errorf("runfolder: making %s: %w", ReportFile, err)
		}
		*text = string(content)
	}
	return f.WriteWith(ReportFile, func(w io.Writer) error { return reportTemplate.Execute(w, page) })
}
