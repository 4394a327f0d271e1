package plots

import (
	"fmt"
	"image"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// SweepMap writes a PNG to w of the validation figures over the values of two keys: the
// values of the first run from left to right, those of the second upwards. The darker a
// cell, the better its figure; the best of all has a frame.
func SweepMap(w io.Writer, caption Caption, figures SweptFigures) error {
	if err := figures.check(); err != nil {
		return err
	}
	if len(figures.Keys) != 2 {
		return fmt.Errorf("a map needs two keys, not %d", len(figures.Keys))
	}
	x, y := figures.Keys[0], figures.Keys[1]
	cells := matrix{xLabel: x.Name, yLabel: y.Name, columns: x.Values, rows: slices.Clone(y.Values)}
	slices.Reverse(cells.rows)
	for range cells.rows {
		cells.shares, cells.texts = append(cells.shares, slices.Repeat([]float64{math.NaN()}, len(x.Values))), append(cells.texts, make([]string, len(x.Values)))
	}
	best, pale := figures.colorRange()
	missing := false
	for _, point := range figures.Points {
		column, row := point.Places[0], len(y.Values)-1-point.Places[1]
		switch {
		case math.IsNaN(point.Figure):
			cells.texts[row][column], missing = "–", true
			continue
		case point.Figure == best:
			cells.framed, cells.shares[row][column] = &image.Point{X: column, Y: row}, 1
		default:
			cells.shares[row][column] = max(0, (point.Figure-pale)/(best-pale))
		}
		cells.texts[row][column] = Loss(point.Figure)
		if figures.Loss == "" {
			cells.texts[row][column] = strings.TrimSuffix(Percent(point.Figure), "%")
		}
	}
	h := heading{fmt.Sprintf("Validation %s by %s and %s", figures.quantity().name, x.Name, y.Name), caption,
		[]string{fmt.Sprintf("Validation %s of the best epoch: the darker, the better; the best of all has a frame.", figures.quantity().measure)}}
	if figures.severalSeeds() {
		h.notes = append(h.notes, "Figures are means over seeds.")
	}
	if missing {
		h.notes = append(h.notes, "–: no run came to its end.")
	}
	const rowHeight, names = 0.55 * vg.Inch, 1.2 * vg.Inch
	return writePicture(w, h, names+vg.Length(len(cells.rows))*rowHeight, cells.plot(rowHeight).Draw)
}

// colorRange returns the figures with the darkest and the palest color: the best and
// the worst. If the worst ones are so far off that the good ones would hardly differ
// in color, the palest is the figure that three in four settings reach.
func (s SweptFigures) colorRange() (best, pale float64) {
	const farOff = 2 // times as far as the three quarters
	var sorted []float64
	for _, point := range s.Points {
		if !math.IsNaN(point.Figure) {
			sorted = append(sorted, point.Figure)
		}
	}
	slices.Sort(sorted)
	if s.Loss == "" {
		slices.Reverse(sorted)
	}
	last := len(sorted) - 1
	best, pale = sorted[0], sorted[last]
	if most := sorted[last*3/4]; math.Abs(pale-best) > farOff*math.Abs(most-best) && most != best {
		pale = most
	}
	return best, pale
}
