package reports

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"cifartrain/plots"
)

// What all pages share: the elements of their head and foot, the style, and the
// script that makes curves answer.
var (
	//go:embed page.html
	pageParts string
	//go:embed style.css
	pageStyle string
	//go:embed page.js
	pageScript string
)

// pagePolicy is what a browser lets a page do: it runs the page's own script
// and, where a program serves the page, that program's; it takes nothing from
// elsewhere. A name that slipped through unescaped would still run nothing.
// https://www.w3.org/TR/CSP3/
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageScript))
	return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; connect-src 'self'; script-src 'self' 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

var pageFunctions = template.FuncMap{
	"policy":  func() string { return pagePolicy },
	"script":  func() template.JS { return template.JS(pageScript) },
	"count":   Thousands,
	"epochs":  Epochs,
	"share":   func(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) },
	"percent": percentOf,
	"dead":    deadUnitsAdvice,
	"fit":     fitSentence,
	"loss":    func(loss float64) string { return fmt.Sprintf("%.5g", loss) },
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
}

// percentOf writes a share, and a dash for none.
func percentOf(share *float64) string {
	if share == nil {
		return "–"
	}
	return fmt.Sprintf("%.2f%%", 100**share)
}

// newPage parses a page, which can ask for the templates "head" and "foot".
func newPage(text string) *template.Template {
	page := template.Must(template.New("page").Funcs(pageFunctions).Parse(text))
	template.Must(page.New("style").Parse(pageStyle))
	template.Must(page.New("parts").Parse(pageParts))
	return page
}

// exact is the shortest text that reads back as x, for a table that programs
// read.
func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// Thousands writes a whole number with a comma between groups of three digits.
func Thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Epochs counts epochs in words.
func Epochs(n int) string {
	if n == 1 {
		return "1 epoch"
	}
	return fmt.Sprintf("%d epochs", n)
}

// figure is a chart as the part of a page, HTML that is escaped already. It takes
// the results of what makes the chart.
func figure(chart *plots.Chart, err error) (template.HTML, error) {
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = chart.WriteFigure(&text)
	return template.HTML(text.String()), err
}
