package plots

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// SweptFigures are the figures that a sweep's settings reached.
type SweptFigures struct {
	Keys   []SweptKey // at least one
	Points []SweptPoint

	// Loss names the loss if the figures are losses. It is empty if they are
	// accuracies, from 0 to 1.
	Loss string
}

// SweptKey is a key with its values as text, in order.
type SweptKey struct {
	Name        string
	Values      []string
	Drawn       bool // from a range of numbers, not from a list
	Logarithmic bool // values are drawn evenly over orders of magnitude
}

// short returns the key's name without its sections.
func (k SweptKey) short() string { return k.Name[strings.LastIndex(k.Name, ".")+1:] }

// NoEffect takes the place of an index in [SweptPoint].Places if the key has no
// effect in the setting.
const NoEffect = -1

// SweptPoint is what one setting reached.
type SweptPoint struct {
	Places    []int   // for each key, the index of the setting's value, or NoEffect
	Figure    float64 // the mean over its seeds; NaN if it has no figure
	Reached   float64 // if the setting was left behind, the figure it had reached; else 0
	Low, High float64 // over its seeds
	Yardstick float64 // the loss of as many principal components; 0 for none
}

// unit returns the factor by which figures are multiplied when they are drawn:
// accuracies are drawn in percent.
func (s SweptFigures) unit() float64 {
	if s.Loss == "" {
		return 100
	}
	return 1
}

// measure names the figures.
func (s SweptFigures) measure() string {
	if s.Loss == "" {
		return "accuracy"
	}
	return "loss"
}

// better reports whether figure a is better than b. Any figure is better than NaN.
func (s SweptFigures) better(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return !math.IsNaN(a)
	}
	if s.Loss == "" {
		return a > b
	}
	return a < b
}

// best returns the best of the points that keep accepts. found is false if none of
// them has a figure.
func (s SweptFigures) best(keep func(SweptPoint) bool) (best SweptPoint, found bool) {
	best.Figure = math.NaN()
	for _, point := range s.Points {
		if keep(point) && s.better(point.Figure, best.Figure) {
			best, found = point, true
		}
	}
	return best, found
}

func (s SweptFigures) check(caption Caption) error {
	if len(s.Keys) == 0 {
		return errors.New("no key was swept")
	}
	for _, key := range s.Keys {
		if len(key.Values) == 0 {
			return fmt.Errorf("%s has no values", key.Name)
		}
	}
	for _, point := range s.Points {
		if len(point.Places) != len(s.Keys) {
			return fmt.Errorf("a point has %d places for %d keys", len(point.Places), len(s.Keys))
		}
		for k, place := range point.Places {
			if place != NoEffect && (place < 0 || place >= len(s.Keys[k].Values)) {
				return fmt.Errorf("a point is at place %d of %s, which has %d values", place, s.Keys[k].Name, len(s.Keys[k].Values))
			}
		}
	}
	if _, found := s.best(func(p SweptPoint) bool { return drawable(p.Figure) }); !found {
		return errors.New("no setting has a finite figure")
	}
	return caption.check()
}

// SweepLines writes a PNG to w of the validation figure against the values of the
// key with index along, with a line for each value of the first other key, if there
// is one. Of several settings at the same point only the best is drawn. Bands reach
// from the lowest to the highest seed; dashed lines are the yardsticks. The values
// are at equal distances, in their order. SweepLines returns an error if the figures
// contradict each other, if none is finite, if the caption names no dataset, or from
// w.
func SweepLines(w io.Writer, caption Caption, figures SweptFigures, along int) error {
	err := figures.check(caption)
	if err == nil && (along < 0 || along >= len(figures.Keys)) {
		err = fmt.Errorf("there is no key at place %d", along)
	}
	if err == nil {
		err = newSweepLines(caption, figures, along).write(w)
	}
	if err != nil {
		return fmt.Errorf("drawing the sweep: %w", err)
	}
	return nil
}

// sweepLines is the picture that SweepLines draws.
type sweepLines struct {
	heading    heading
	x          SweptKey
	yLabel     string
	scale      scale
	series     []series
	lines      []curve       // one a series, the best point of all marked
	yardsticks []plotter.XYs // each different one once
	best       string        // what the mark says
}

func newSweepLines(caption Caption, figures SweptFigures, along int) *sweepLines {
	other := -1
	for k := range figures.Keys {
		if k != along && other < 0 {
			other = k
		}
	}
	l := &sweepLines{x: figures.Keys[along]}
	names := []string{figures.Keys[along].Name}
	if other >= 0 {
		names = nil
		for _, value := range figures.Keys[other].Values {
			names = append(names, figures.Keys[other].short()+" = "+value)
		}
	}
	var values, levels []float64
	for i, name := range names {
		line, yardstick := figures.line(along, func(p SweptPoint) bool { return other < 0 || p.Places[other] == i })
		values = append(values, line.values()...)
		l.series, l.lines = append(l.series, series{look: lookOf(i), name: name}), append(l.lines, line)
		l.addYardstick(yardstick)
	}
	for _, yardstick := range l.yardsticks {
		levels = append(levels, finite(yardstick)...)
	}
	q := accuracyQuantity
	if figures.Loss != "" {
		q = lossQuantity(figures.Loss)
	}
	l.scale, l.yLabel = q.axis(values, levels)
	l.markBest(figures, q)
	notes := l.scale.notes
	if len(figures.Keys) > 2 {
		notes = append(notes, "Each point is the best setting of the other keys.")
	}
	l.heading = heading{fmt.Sprintf("Validation %s by %s", q.name, l.x.Name), caption, notes}
	return l
}

// markBest marks the best point of all lines.
func (l *sweepLines) markBest(figures SweptFigures, q quantity) {
	best, line := math.NaN(), -1
	for i := range l.lines {
		for k, point := range l.lines[i].points {
			if figures.better(point.Y, best) {
				if line >= 0 {
					l.lines[line].best = -1
				}
				best, line = point.Y, i
				l.lines[i].best = k
			}
		}
	}
	l.best = "best: " + q.text(best)
}

// line returns, for each value of a key, the best figure of the settings that keep
// accepts, with a band from the lowest to the highest seed, and their yardsticks.
func (s SweptFigures) line(along int, keep func(SweptPoint) bool) (line curve, yardstick plotter.XYs) {
	line.best = -1
	for place := range s.Keys[along].Values {
		best, found := s.best(func(p SweptPoint) bool { return p.Places[along] == place && keep(p) })
		figures := [4]float64{best.Figure * s.unit(), best.Low * s.unit(), best.High * s.unit(), best.Yardstick}
		for i, points := range []*plotter.XYs{&line.points, &line.low, &line.high, &yardstick} {
			if !found || i == 3 && best.Yardstick == 0 {
				figures[i] = math.NaN()
			}
			*points = append(*points, plotter.XY{X: float64(place), Y: figures[i]})
		}
	}
	return line, yardstick
}

// addYardstick adds a line of yardsticks, unless it is empty or has been added
// already. If an added line lacks some of its points, it adds these to that line.
func (l *sweepLines) addYardstick(yardstick plotter.XYs) {
	if len(finite(yardstick)) == 0 {
		return
	}
	agree := func(a, b float64) bool { return a == b || math.IsNaN(a) || math.IsNaN(b) }
	for _, known := range l.yardsticks {
		same := true
		for i, point := range known {
			same = same && agree(point.Y, yardstick[i].Y)
		}
		if same {
			for i, point := range yardstick {
				if !math.IsNaN(point.Y) {
					known[i] = point
				}
			}
			return
		}
	}
	l.yardsticks = append(l.yardsticks, yardstick)
}

func (l *sweepLines) write(w io.Writer) error {
	axes, legend, err := l.plot()
	if err != nil {
		return err
	}
	height := legend.height(pictureWidth-2*margin) + axesHeight
	return writePicture(w, l.heading, height, func(canvas draw.Canvas) { axes.Draw(legend.draw(canvas)) })
}

func (l *sweepLines) plot() (*plot.Plot, *legendStrip, error) {
	axes, legend := newPlot(), new(legendStrip)
	axes.Add(newGrid())
	axes.X.Label.Text, axes.Y.Label.Text = l.x.Name, l.yLabel
	nameValues(&axes.X, l.x.Values, cellWidth(len(l.x.Values)))
	for _, yardstick := range l.yardsticks {
		for _, stretch := range stretches(yardstick, l.scale) {
			line, err := plotter.NewLine(stretch)
			if err != nil {
				return nil, nil, err
			}
			line.LineStyle = levelLine{color: noteColor}.style()
			axes.Add(line)
		}
	}
	chart := Chart{scale: l.scale, series: l.series, first: 1, last: len(l.x.Values)}
	if err := chart.addCurves(axes, l.lines); err != nil {
		return nil, nil, err
	}
	for _, s := range l.series {
		if len(l.series)+len(l.yardsticks) > 1 {
			legend.add(s.name, &plotter.Line{LineStyle: s.look.line()})
		}
	}
	if len(l.yardsticks) > 0 {
		legend.add("as many principal components", levelLine{color: noteColor})
	}
	ring, core, err := bestMark(plotter.XY{}, noteColor)
	if err != nil {
		return nil, nil, err
	}
	legend.add(l.best, ring, core)
	axes.X.Min, axes.X.Max = -0.2, float64(len(l.x.Values))-0.8
	l.scale.apply(&axes.Y)
	return axes, legend, nil
}
