package reports

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"math"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/plots"
)

// What all pages share: the elements of their head and foot, the style, and the
// script that shows a curve's values at the pointer.
var (
	//go:embed page.html
	pageParts string
	//go:embed style.css
	pageStyle string
	//go:embed page.js
	pageScript string
)

// pagePolicy returns the content security policy of a page. The browser then runs
// only the page's own script and, if this program serves the page, the scripts that
// it serves, and loads nothing from elsewhere. Even if a name got into the page
// unescaped, no script in it would run.
// https://www.w3.org/TR/CSP3/
func pagePolicy(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; connect-src 'self'; script-src 'self' 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var pageFunctions = template.FuncMap{
	"source":  source,
	"srcset":  func(png []byte) template.Srcset { return template.Srcset(source(png)) },
	"classes": ClassList,
	"count":   Thousands,
	"whole":   func(x float64) string { return Thousands(int(math.Round(x))) },
	"epochs":  Epochs,
	"counted": Counted,
	"dead":    deadUnits,
	"verdict": verdictSentence,
	"figures": func(s *runfolder.Summary) table { return table{Rows: figureRows(s)} },
	"share":   plots.Percent,
	"time":    Duration,
	"bytes":   Bytes,
}

// newPage parses a page, which can use the templates "head" and "foot".
func newPage(text string) *template.Template { return NewPage(text, pageScript) }

// NewPage parses a page with a script of its own at its foot.
func NewPage(text, script string) *template.Template {
	policy := pagePolicy(script)
	page := template.New("page").Funcs(pageFunctions).Funcs(template.FuncMap{
		"policy": func() string { return policy },
		"script": func() template.JS { return template.JS(script) },
	})
	template.Must(page.Parse(text))
	template.Must(page.New("style").Parse(pageStyle))
	template.Must(page.New("parts").Parse(pageParts))
	return page
}

// figuresOf returns charts as HTML for a page. It takes the two results of a function
// that makes charts, so that a call can be passed to it directly.
func figuresOf(charts []*plots.Chart, err error) (figures []template.HTML, _ error) {
	for _, chart := range charts {
		var text strings.Builder
		if err == nil {
			err = chart.WriteFigure(&text)
		}
		figures = append(figures, template.HTML(text.String()))
	}
	return figures, err
}
