package plots

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/plotter"
)

//go:embed figure.html
var figureText string

var figureTemplate = template.Must(template.New("figure").Parse(figureText))

// WriteFigure writes the chart as HTML for a page. The curves are visible without
// any script. A JSON element holds their values for a script that shows them at the
// pointer. A look becomes two classes that the page's style defines: c0 to c7 for
// the color, and d0 to d3 for the dashes.
func (c *Chart) WriteFigure(w io.Writer) error { return figureTemplate.Execute(w, c.figure()) }

// A figure holds what the template writes about a chart. The paths lie in a square
// with sides of figureSide, which the page stretches to the size it needs.
type figure struct {
	Title, Label string
	Series       []figureKey
	Levels       []figureKey
	Best         string // what the mark of the best epoch means; empty for none
	BestLook     string
	Panels       []figurePanel
	X, Y         []figureTick
	Grid         string // a path
	Gutter       int    // how many letters the longest label beside the axes has
	Notes        []string
	Values       figureValues
}

// A figureKey is an entry of the legend.
type figureKey struct{ Look, Name, Note string }

type figurePanel struct {
	Title, Description                      string
	Levels, Bands, Faint, Lines, Dots, Best []figureShape
}

// A figureShape is a path in the look of a series.
type figureShape struct {
	Look   string
	Series int // -1 for none
	Path   string
}

type figureTick struct {
	At    string // in percent from the left or from the top
	Label string
}

// figureValues are the values that the script shows for an epoch.
type figureValues struct {
	First   int              `json:"first"`
	Last    int              `json:"last"`
	Low     float64          `json:"low"`  // of the vertical axis
	High    float64          `json:"high"` // of the vertical axis
	Log     bool             `json:"log"`
	Percent bool             `json:"percent"`
	Panels  [][]seriesValues `json:"panels"` // by panel and series
	Rates   []number         `json:"rates,omitempty"`
	Seconds []number         `json:"seconds,omitempty"`
}

// seriesValues are the values of a series, one for each epoch from the figure's
// first on. Low and High are the edges of its band.
type seriesValues struct {
	Values []number `json:"values"`
	Low    []number `json:"low,omitempty"`
	High   []number `json:"high,omitempty"`
}

func (c *Chart) figure() *figure {
	f := &figure{Title: c.heading.title, Label: c.yLabel, Notes: c.heading.notes, Best: c.best, BestLook: c.bestLook.class()}
	f.Values = figureValues{First: c.first, Last: c.last, Low: c.scale.low, High: c.scale.high, Log: c.scale.logarithmic,
		Percent: c.quantity.percent, Rates: c.rates, Seconds: c.seconds}
	c.drawAxes(f)
	for _, s := range c.panels[0].curves {
		f.Series = append(f.Series, figureKey{s.look.class(), s.name, s.note})
	}
	for _, panel := range c.panels {
		drawn := figurePanel{Title: panel.title, Description: fmt.Sprintf("%s, %s %s", c.heading.title, panel.title, c.heading.caption)}
		var values []seriesValues
		for i, curve := range slices.Backward(panel.curves) { // the first one on top
			c.drawCurve(&drawn, curve, i)
		}
		for _, curve := range panel.curves {
			values = append(values, seriesValues{c.values(curve.points), c.values(curve.low), c.values(curve.high)})
		}
		f.Panels, f.Values.Panels = append(f.Panels, drawn), append(f.Values.Panels, values)
	}
	last := &f.Panels[len(f.Panels)-1]
	for _, level := range c.levels {
		f.Levels = append(f.Levels, figureKey{level.look.class(), level.Name, level.note()})
		y := decimals(c.y(c.scale.place(level.Loss)))
		last.Levels = append(last.Levels, figureShape{level.look.class(), -1, "M0 " + y + "H1000"})
	}
	return f
}

// class returns the classes that the look has in the page's style.
func (l look) class() string {
	switch l {
	case noteLook:
		return "note"
	case restLook, runningLook:
		return "rest"
	}
	return fmt.Sprintf("c%d d%d", l.color, l.dashes)
}

func (c *Chart) drawAxes(f *figure) {
	const fewLabels = 6 // fit a phone
	for _, tick := range epochTicks(c.first, c.last, fewLabels).Ticks(0, 0) {
		x := c.x(tick.Value)
		f.X = append(f.X, figureTick{decimals(x / 10), tick.Label})
		f.Grid += "M" + decimals(x) + " 0V1000"
	}
	f.Gutter = 6 // so that the charts of a page stand below each other
	for _, tick := range c.scale.ticks().Ticks(c.scale.place(c.scale.low), c.scale.place(c.scale.high)) {
		y := c.y(tick.Value)
		f.Y = append(f.Y, figureTick{decimals(y / 10), tick.Label})
		f.Grid += "M0 " + decimals(y) + "H1000"
		f.Gutter = max(f.Gutter, len(tick.Label)+1)
	}
}

// drawCurve adds a curve to a panel.
func (c *Chart) drawCurve(panel *figurePanel, curve curve, series int) {
	look := curve.look.class()
	shape := func(path string) figureShape { return figureShape{look, series, path} }
	if outlines := curve.outlines(c.scale); len(outlines) > 0 {
		panel.Bands = append(panel.Bands, shape(c.path(outlines, "Z")))
	}
	points := curve.points
	if smooth := smoothed(points); smooth != nil {
		panel.Faint = append(panel.Faint, shape(c.path(stretches(points, c.scale), "")))
		points = smooth
	}
	drawn := stretches(points, c.scale)
	panel.Lines = append(panel.Lines, shape(c.path(drawn, "")))
	var dots strings.Builder
	for _, stretch := range drawn {
		if showsPoints(len(points), len(stretch), c.last-c.first+1) {
			for _, p := range stretch {
				dots.WriteString(c.dot(p))
			}
		}
	}
	if dots.Len() > 0 {
		panel.Dots = append(panel.Dots, shape(dots.String()))
	}
	if curve.best >= 0 {
		at := curve.points[curve.best]
		panel.Best = append(panel.Best, shape(c.dot(plotter.XY{X: at.X, Y: c.scale.place(at.Y)})))
		panel.Description += fmt.Sprintf("; %s%s", curve.name, bestNote(c.quantity, curve))
	}
}

const (
	figureSide = 1000.
	figureRim  = 20.    // left and right of the first and the last epoch
	farAbove   = -20000 // where spikes end that leave the axes
)

// x returns where an epoch is drawn, measured from the left.
func (c *Chart) x(epoch float64) float64 {
	first, last := float64(c.first), float64(c.last)
	if first == last {
		return figureSide / 2
	}
	return figureRim + (figureSide-2*figureRim)*(epoch-first)/(last-first)
}

// y returns where a value that is placed on the scale is drawn, measured from the
// top.
func (c *Chart) y(placed float64) float64 {
	low, high := c.scale.place(c.scale.low), c.scale.place(c.scale.high)
	return max(farAbove, figureSide*(high-placed)/(high-low))
}

// path returns a path along the stretches. The command end is added to each.
func (c *Chart) path(stretches []plotter.XYs, end string) string {
	var path strings.Builder
	for _, stretch := range stretches {
		for i, p := range stretch {
			command := "L"
			if i == 0 {
				command = "M"
			}
			path.WriteString(command + decimals(c.x(p.X)) + " " + decimals(c.y(p.Y)))
		}
		path.WriteString(end)
	}
	return path.String()
}

// dot returns a path of length 0. Drawn with round ends, it is a dot as wide as the
// line.
func (c *Chart) dot(placed plotter.XY) string { return c.path([]plotter.XYs{{placed}}, "h0") }

// decimals writes a place as text, with one decimal.
func decimals(place float64) string { return strconv.FormatFloat(math.Round(10*place)/10, 'f', -1, 64) }

// values returns a curve's values, one for each epoch from the chart's first on.
func (c *Chart) values(points plotter.XYs) []number {
	var values []number
	for i, p := range points {
		for i == 0 && c.first+len(values) < int(p.X) {
			values = append(values, number(math.NaN()))
		}
		values = append(values, number(p.Y))
	}
	return values
}

// A number is written with more digits than a reader sees, or as null if it is not
// finite, because JSON has no NaN.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if !drawable(float64(n)) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', 5, 64), nil
}
