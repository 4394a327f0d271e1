package plots

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// SweepMap writes a PNG to w of the validation figures over the values of two or
// more keys: the values of the first key run from left to right, those of the second
// upwards, and each value of a third key has a panel. Of several settings in one
// cell only the best is drawn. The darker a cell, the better its figure; the best of
// all has a frame. SweepMap returns an error for fewer than two keys, and otherwise
// as [SweepLines] does.
func SweepMap(w io.Writer, caption Caption, figures SweptFigures) error {
	err := figures.check(caption)
	if err == nil && len(figures.Keys) < 2 {
		err = fmt.Errorf("a map needs two keys, not %d", len(figures.Keys))
	}
	if err == nil {
		err = writeSweepMap(w, caption, figures)
	}
	if err != nil {
		return fmt.Errorf("drawing the sweep: %w", err)
	}
	return nil
}

// sweptCells is a panel of a map. It implements plotter.GridXYZ. Its values run from
// 0, for figures at the pale end of the colors, to 1 for the best figure; they are
// NaN in a cell without a figure.
type sweptCells struct {
	figures SweptFigures
	panel   int // a value of the third key; -1 where there is no such key
	colors  sweptColors
}

// sweptColors says which figures have the palest and the darkest color.
type sweptColors struct {
	pale, best float64
	beyond     int // settings that are worse than the pale end
}

func (c sweptCells) Dims() (columns, rows int) {
	return len(c.figures.Keys[0].Values), len(c.figures.Keys[1].Values)
}
func (c sweptCells) X(column int) float64 { return float64(column) }
func (c sweptCells) Y(row int) float64    { return float64(row) }

func (c sweptCells) Z(column, row int) float64 {
	best, found := c.at(column, row)
	switch {
	case !found || math.IsNaN(best.Figure):
		return math.NaN()
	case c.colors.pale == c.colors.best:
		return 1
	}
	return max(0, (best.Figure-c.colors.pale)/(c.colors.best-c.colors.pale))
}

// at returns the best setting of a cell.
func (c sweptCells) at(column, row int) (best SweptPoint, found bool) {
	return c.figures.best(func(p SweptPoint) bool {
		return p.Places[0] == column && p.Places[1] == row && (c.panel < 0 || p.Places[2] == c.panel)
	})
}

// colors returns the range of the colors. It goes from the best figure to the worst.
// If the worst ones are so far off that the good ones would hardly differ in color,
// it only goes to the figure that three in four settings reach.
func (s SweptFigures) colors() sweptColors {
	const farOff = 2 // times as far as the three quarters
	var sorted []float64
	for _, point := range s.Points {
		if !math.IsNaN(point.Figure) {
			sorted = append(sorted, point.Figure)
		}
	}
	slices.SortFunc(sorted, func(a, b float64) int {
		if s.better(a, b) {
			return -1
		}
		return 1
	})
	last := len(sorted) - 1
	colors := sweptColors{pale: sorted[last], best: sorted[0]}
	if most := sorted[last*3/4]; math.Abs(sorted[last]-sorted[0]) > farOff*math.Abs(most-sorted[0]) && most != sorted[0] {
		colors.pale = most
		for _, figure := range sorted {
			if s.better(most, figure) {
				colors.beyond++
			}
		}
	}
	return colors
}

func writeSweepMap(w io.Writer, caption Caption, figures SweptFigures) error {
	const mostAbreast = 3
	panels := []int{-1}
	if len(figures.Keys) > 2 {
		panels = panels[:0]
		for i := range figures.Keys[2].Values {
			panels = append(panels, i)
		}
	}
	columns := min(len(panels), mostAbreast)
	rows := (len(panels) + columns - 1) / columns
	plots := make([][]*plot.Plot, rows)
	for row := range plots {
		plots[row] = make([]*plot.Plot, columns)
	}
	colors := figures.colors()
	bar, err := newSweptBar(figures, colors)
	if err != nil {
		return err
	}
	for i, panel := range panels {
		one, err := sweptPanel(sweptCells{figures, panel, colors}, columns)
		if err != nil {
			return err
		}
		if i%columns > 0 {
			one.Y.Label.Text = ""
		}
		plots[i/columns][i%columns] = one
	}
	tiles := draw.Tiles{Cols: columns, Rows: rows, PadX: panelGap, PadY: panelGap}
	height := vg.Length(rows) * (1.2*vg.Inch + vg.Length(len(figures.Keys[1].Values))*0.55*vg.Inch)
	return writePicture(w, figures.mapHeading(caption, colors), sweptBarHeight+height, func(canvas draw.Canvas) {
		for row, places := range plot.Align(plots, tiles, bar.draw(canvas)) {
			for column, place := range places {
				if plots[row][column] != nil {
					plots[row][column].Draw(place)
				}
			}
		}
	})
}

func (s SweptFigures) mapHeading(caption Caption, colors sweptColors) heading {
	measure := "Validation accuracy in percent"
	if s.Loss != "" {
		measure = "Validation loss (" + s.Loss + ")"
	}
	notes := []string{measure + " of the best epoch; the darker, the better, and the best of all framed."}
	if colors.beyond > 0 {
		notes[0] += fmt.Sprintf(" %d of %d settings are worse than the colors reach.", colors.beyond, len(s.Points))
	}
	if len(s.Keys) > 3 {
		notes = append(notes, "Each cell is the best setting of the other keys.")
	}
	for _, point := range s.Points {
		if math.IsNaN(point.Figure) {
			notes = append(notes, "–: no run came to its end.")
			break
		}
	}
	title := fmt.Sprintf("Validation %s by %s and %s", s.measure(), s.Keys[0].Name, s.Keys[1].Name)
	return heading{title, caption, notes}
}

// sweptPanel draws the cells of a panel. abreast is how many panels are side by
// side.
func sweptPanel(cells sweptCells, abreast int) (*plot.Plot, error) {
	colors, err := shareColors()
	if err != nil {
		return nil, err
	}
	heat := plotter.NewHeatMap(cells, colors)
	heat.Min, heat.Max, heat.NaN = 0, 1, emptyColor
	columns, rows := cells.Dims()
	const names = vg.Length(62) // the second key's values and name, left of the cells
	width := ((pictureWidth-2*margin)/vg.Length(abreast) - names) / vg.Length(columns)
	texts, err := sweptTexts(cells, colors, width)
	if err != nil {
		return nil, err
	}
	panel := newPlot()
	panel.Add(heat, cellBorders{columns, rows}, texts)
	if column, row, here := cells.framed(); here {
		panel.Add(cellFrame{column, row})
	}
	x, y := cells.figures.Keys[0], cells.figures.Keys[1]
	panel.X.Label.Text, panel.Y.Label.Text = x.Name, y.Name
	if cells.panel >= 0 {
		third := cells.figures.Keys[2]
		panel.Title.Text = third.Name + " = " + third.Values[cells.panel]
	}
	nameValues(&panel.X, x.Values, width)
	nameValues(&panel.Y, y.Values, cellWidth(6))
	for _, axis := range []*plot.Axis{&panel.X, &panel.Y} { // the cells are there to see
		axis.Width, axis.Tick.Length = 0, 0
	}
	return panel, nil
}

// nameValues writes a key's values along an axis, none wider than the given width.
// Longer ones are written in smaller letters, if that is enough.
func nameValues(axis *plot.Axis, values []string, width vg.Length) {
	const smallest = 0.8 // of their size
	widest := vg.Length(1)
	for _, value := range values {
		widest = max(widest, axis.Tick.Label.Width(value+"  "))
	}
	axis.Tick.Label.Font.Size *= min(1, max(smallest, width/widest))
	ticks := make(plot.ConstantTicks, len(values))
	for i, value := range values {
		ticks[i] = plot.Tick{Value: float64(i), Label: elide(axis.Tick.Label, value, width)}
	}
	axis.Tick.Marker = ticks
}

// sweptTexts returns the texts in the cells: the figure, a dash for a setting without
// a figure, and nothing for a combination that was not tried.
func sweptTexts(cells sweptCells, colors palette.Palette, width vg.Length) (*plotter.Labels, error) {
	var at plotter.XYLabels
	var styles []text.Style
	columns, rows := cells.Dims()
	for row := range rows {
		for column := range columns {
			label := cells.text(column, row)
			style := textStyle(labelSize, inkOn(shareColor(colors, cells.Z(column, row))))
			style.Font.Size *= min(1, 0.9*width/max(1, style.Width(label)))
			at.XYs = append(at.XYs, plotter.XY{X: float64(column), Y: float64(row)})
			at.Labels = append(at.Labels, label)
			styles = append(styles, centered(style))
		}
	}
	labels, err := plotter.NewLabels(at)
	if err != nil {
		return nil, err
	}
	labels.TextStyle = styles
	return labels, nil
}

func (c sweptCells) text(column, row int) string {
	best, found := c.at(column, row)
	switch {
	case !found:
		for _, p := range c.figures.Points {
			if p.Places[0] == column && p.Places[1] == row && (c.panel < 0 || p.Places[2] == c.panel) {
				return "–"
			}
		}
		return ""
	}
	return c.figures.cellText(best.Figure)
}

// cellText writes a figure for a cell, without a unit.
func (s SweptFigures) cellText(figure float64) string {
	if s.Loss == "" {
		return strconv.FormatFloat(100*figure, 'f', 1, 64)
	}
	return Loss(figure)
}

// framed returns the cell of the best setting of all. here is false if it is in
// another panel.
func (c sweptCells) framed() (column, row int, here bool) {
	best, _ := c.figures.best(func(SweptPoint) bool { return true })
	return best.Places[0], best.Places[1], c.panel < 0 || best.Places[2] == c.panel
}

// cellFrame is a plotter that frames one cell of a matrix.
type cellFrame struct{ column, row int }

// Plot implements plot.Plotter.
func (f cellFrame) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	left, right := x(float64(f.column)-0.5), x(float64(f.column)+0.5)
	low, high := y(float64(f.row)-0.5), y(float64(f.row)+0.5)
	frame := []vg.Point{{X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high}, {X: left, Y: high}, {X: left, Y: low}}
	c.StrokeLines(draw.LineStyle{Color: color.White, Width: 5}, frame)
	c.StrokeLines(draw.LineStyle{Color: vermillion, Width: 2.5}, frame)
}
