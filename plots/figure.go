package plots

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"

	"gonum.org/v1/plot"

	"cifartrain/metrics"
)

// LossFigure writes what [Loss] draws as HTML for a page, with its errors. The
// curves stand there without any script; a JSON element holds their values for
// one that follows the pointer. Looks are classes that the page's style colors:
// c0 to c7, and d0 to d3 for dashes.
func LossFigure(w io.Writer, caption Caption, history metrics.History, lossName string, yardsticks ...Yardstick) error {
	chart, err := lossChart(caption, history, lossName, yardsticks...)
	if err != nil {
		return fmt.Errorf("plots: loss figure: %w", err)
	}
	f := chart.figure(false)
	for _, e := range history {
		f.Values.Rates = append(f.Values.Rates, f.number(e.LearningRate))
		f.Values.Seconds = append(f.Values.Seconds, f.number(e.Seconds))
	}
	return f.write(w)
}

// AccuracyFigure writes what [Accuracy] draws as LossFigure does with losses.
func AccuracyFigure(w io.Writer, caption Caption, history metrics.History) error {
	chart, err := accuracyChart(caption, history)
	if err != nil {
		return fmt.Errorf("plots: accuracy figure: %w", err)
	}
	return chart.figure(true).write(w)
}

// ComparisonFigure writes what [Comparison] draws as LossFigure does with the
// losses of one run.
func ComparisonFigure(w io.Writer, caption Caption, lossName string, runs []ComparedRun) error {
	return writeComparisonFigure(w, caption, lossQuantity(lossName), false, runs)
}

// AccuracyComparisonFigure is ComparisonFigure for the accuracies of classifiers.
func AccuracyComparisonFigure(w io.Writer, caption Caption, runs []ComparedRun) error {
	return writeComparisonFigure(w, caption, accuracyQuantity, true, runs)
}

func writeComparisonFigure(w io.Writer, caption Caption, q quantity, percent bool, runs []ComparedRun) error {
	comparison, err := newComparison(caption, q, runs)
	if err != nil {
		return fmt.Errorf("plots: comparison figure: %w", err)
	}
	return comparison.figure(percent).write(w)
}

//go:embed figure.html
var figureText string

var figureTemplate = template.Must(template.New("figure").Parse(figureText))

// A figure is a chart or a comparison as its template writes it. Places are
// those of a square of 1000 that the page stretches as it likes.
type figure struct {
	Title, Label string
	Series       []seriesKey
	Levels       []seriesKey
	Best         string // what the mark of the best epoch means; empty for none
	BestLook     string
	Panels       []figurePanel
	X, Y         []figureTick
	Grid         string // a path
	Gutter       int    // letters of the longest label beside the axes
	Notes        []string
	Values       figureValues

	scale scale
}

type seriesKey struct {
	Look, Name string
	Note       string // behind the name
}

type figurePanel struct {
	Title, Description               string
	Levels, Bands, Lines, Dots, Best []figureShape
}

// A figureShape is a path in the look of a series.
type figureShape struct {
	Look   string
	Series int
	Path   string
}

type figureTick struct {
	At    float64 // in percent from the left or from the top
	Label string
}

// figureValues are what a script shows of an epoch.
type figureValues struct {
	First   int               `json:"first"`
	Last    int               `json:"last"`
	Low     float64           `json:"low"`  // of the vertical axis
	High    float64           `json:"high"` // of the vertical axis
	Log     bool              `json:"log"`
	Percent bool              `json:"percent"`
	Panels  [][]seriesValue   `json:"panels"` // by panel and series
	Rates   []json.RawMessage `json:"rates,omitempty"`
	Seconds []json.RawMessage `json:"seconds,omitempty"`
}

// seriesValue holds a series' values by epoch from the figure's first on; Low
// and High are those of its band.
type seriesValue struct {
	Values []json.RawMessage `json:"values"`
	Low    []json.RawMessage `json:"low,omitempty"`
	High   []json.RawMessage `json:"high,omitempty"`
}

// newFigure returns a figure with its axes and without curves.
func newFigure(h heading, label string, s scale, first, last int, percent bool) *figure {
	f := &figure{Title: h.title, Label: label, Notes: h.notes, scale: s}
	f.Values = figureValues{First: first, Last: last, Low: s.low, High: s.high, Log: s.logarithmic, Percent: percent}
	const fewLabels = 6 // fit a phone
	for _, tick := range (epochTicks{first, last, fewLabels}).Ticks(0, 0) {
		x := f.x(tick.Value)
		f.X = append(f.X, figureTick{rounded(x / 10), tick.Label})
		f.Grid += fmt.Sprintf("M%g 0V1000", rounded(x))
	}
	ticks := plot.Ticker(linearTicks{})
	if s.logarithmic {
		ticks = logTicks{}
	}
	for _, tick := range ticks.Ticks(s.place(s.low), s.place(s.high)) {
		y := f.y(tick.Value)
		f.Y = append(f.Y, figureTick{rounded(y / 10), tick.Label})
		f.Grid += fmt.Sprintf("M0 %gH1000", rounded(y))
		f.Gutter = max(f.Gutter, len(tick.Label)+1)
	}
	return f
}

// figure returns the chart as a page shows it.
func (c *chart) figure(percent bool) *figure {
	epochs := c.curves[0].points
	f := newFigure(c.heading, c.yLabel, c.scale, int(epochs[0].X), int(epochs[len(epochs)-1].X), percent)
	panel := figurePanel{Description: c.heading.title + ", " + c.heading.caption.String()}
	var values []seriesValue
	for i, curve := range c.curves {
		look := look(i, 0)
		f.Series = append(f.Series, seriesKey{look, curve.name, ""})
		f.draw(&panel, curve, i, look)
		values = append(values, seriesValue{Values: f.values(curve)})
	}
	for _, yardstick := range c.yardsticks {
		f.Levels = append(f.Levels, seriesKey{"note", yardstick.Name, yardstick.note()})
		panel.Levels = append(panel.Levels, f.level("note", yardstick.Loss))
	}
	if c.best != nil { // its value is placed on the scale already
		last := len(c.curves) - 1
		f.Best, f.BestLook = c.bestName, look(last, 0)
		panel.Description += "; " + c.bestName
		panel.Best = []figureShape{{f.BestLook, last, f.dot(c.best.X, c.best.Y)}}
	}
	f.Panels, f.Values.Panels = []figurePanel{panel}, [][]seriesValue{values}
	return f
}

// figure returns the comparison as a page shows it.
func (c *comparison) figure(percent bool) *figure {
	f := newFigure(c.heading, c.yLabel, c.scale, c.first, c.last, percent)
	f.Panels = []figurePanel{{Title: "Training"}, {Title: "Validation"}}
	f.Values.Panels = make([][]seriesValue, len(f.Panels))
	f.Best, f.BestLook = "best epoch, by validation loss", "note"
	for i, run := range c.runs {
		look := look(i%len(runColors), (i+i/len(runColors))%len(dashPatterns))
		f.Series = append(f.Series, seriesKey{look, run.name, run.bestNote(c.quantity)})
		for p, curve := range []curve{run.training, run.validation} {
			f.draw(&f.Panels[p], curve, i, look)
			values := seriesValue{Values: f.values(curve)}
			if len(run.bands) > 0 {
				values.Low, values.High = f.values(run.bands[p].low), f.values(run.bands[p].high)
				f.Panels[p].Bands = append(f.Panels[p].Bands, f.band(run.bands[p], i, look))
			}
			f.Values.Panels[p] = append(f.Values.Panels[p], values)
		}
		if run.hasBest {
			f.Panels[1].Best = append(f.Panels[1].Best, figureShape{look, i, f.dot(run.best.X, c.scale.place(run.best.Y))})
		}
	}
	for _, yardstick := range c.yardsticks {
		look := "note"
		if at := slices.IndexFunc(c.runs, func(r comparedCurves) bool { return r.validation.color == yardstick.color }); at >= 0 {
			look = f.Series[at].Look
		}
		f.Levels = append(f.Levels, seriesKey{look, yardstick.Name, yardstick.note()})
		f.Panels[1].Levels = append(f.Panels[1].Levels, f.level(look, yardstick.Loss))
	}
	for p := range f.Panels {
		f.Panels[p].Description = fmt.Sprintf("%s, %s, %s", c.heading.title, f.Panels[p].Title, c.heading.caption)
	}
	return f
}

// look is the class of a color and a dash pattern.
func look(color, dashes int) string { return fmt.Sprintf("c%d d%d", color, dashes) }

func (f *figure) write(w io.Writer) error { return figureTemplate.Execute(w, f) }
