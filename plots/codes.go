package plots

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ClassCodes are the codes of a class's images as points in a plane, e.g. the plane
// of the codes' two main components.
type ClassCodes struct {
	Class string
	XYs   plotter.XYs
}

// Codes writes a PNG of codes in a plane to w. Each class has a panel, in which its
// own codes are drawn over those of all classes. shares are the shares of the
// variance along the two axes. Codes returns an error for a class without images,
// for a point that is not finite, if the caption names no dataset, or from w.
func Codes(w io.Writer, caption Caption, shares [2]float64, classes []ClassCodes) error {
	values := make([]ClassValues, len(classes))
	for i, class := range classes {
		values[i].Class = class.Class
		for _, at := range class.XYs {
			values[i].Values = append(values[i].Values, at.X, at.Y)
		}
	}
	err := checkClassValues(caption, values)
	if err == nil {
		err = drawCodes(w, caption, shares, classes)
	}
	if err != nil {
		return fmt.Errorf("drawing the codes: %w", err)
	}
	return nil
}

func drawCodes(w io.Writer, caption Caption, shares [2]float64, classes []ClassCodes) error {
	const mostAbreast = 5
	columns := min(len(classes), mostAbreast)
	rows := (len(classes) + columns - 1) / columns
	var all plotter.XYs
	for _, class := range classes {
		all = append(all, class.XYs...)
	}
	xs, ys := codeRange(all, func(at plotter.XY) float64 { return at.X }), codeRange(all, func(at plotter.XY) float64 { return at.Y })
	panels := make([]*plot.Plot, len(classes))
	for i, class := range classes {
		panel := newPlot()
		panel.Title.Text = class.Class
		panel.HideAxes()
		panel.X.Padding, panel.Y.Padding = 0, 0
		panel.Add(cloud{all, color.RGBA{R: 0xD8, G: 0xD8, B: 0xD8, A: 0xFF}}, cloud{class.XYs, blue}, center{middleOf(class.XYs)})
		panel.X.Min, panel.X.Max, panel.Y.Min, panel.Y.Max = xs[0], xs[1], ys[0], ys[1]
		panels[i] = panel
	}
	heading := heading{"Where each class lies in the code", caption, []string{
		fmt.Sprintf("Each point is an image's code in the plane of the codes' two main components, which hold %.0f%% and %.0f%% of their variance. "+
			"Blue: the class's images, the ring their middle; gray: all. Classes whose blue spreads over all of the gray are not told apart by these two directions.",
			100*shares[0], 100*shares[1]),
	}}
	tiles := draw.Tiles{Cols: columns, Rows: rows, PadX: 8, PadY: 8}
	side := min((pictureWidth-2*margin)/vg.Length(columns), 3*vg.Inch)
	return writePicture(w, heading, vg.Length(rows)*(side+panelTitle), func(c draw.Canvas) {
		c = draw.Crop(c, 0, vg.Length(columns)*side-c.Size().X, 0, 0)
		for i, panel := range panels {
			panel.Draw(tiles.At(c, i%columns, i/columns))
		}
	})
}

// codeRange returns the range of an axis, without the outermost 0.5 % on either
// side.
func codeRange(all plotter.XYs, of func(plotter.XY) float64) [2]float64 {
	const left = 0.005
	values := make([]float64, len(all))
	for i, at := range all {
		values[i] = of(at)
	}
	slices.Sort(values)
	low, high := stat.Quantile(left, stat.Empirical, values, nil), stat.Quantile(1-left, stat.Empirical, values, nil)
	if low == high {
		return [2]float64{low - 1, high + 1}
	}
	return [2]float64{low, high}
}

func middleOf(points plotter.XYs) plotter.XY {
	var sum plotter.XY
	for _, at := range points {
		sum.X, sum.Y = sum.X+at.X, sum.Y+at.Y
	}
	n := float64(len(points))
	return plotter.XY{X: sum.X / n, Y: sum.Y / n}
}

// cloud is a plotter of many small points. Of points in the same place it draws
// only one: drawing thousands over each other would be slow and look the same.
type cloud struct {
	points plotter.XYs
	color  color.Color
}

// Plot implements plot.Plotter.
func (p cloud) Plot(c draw.Canvas, on *plot.Plot) {
	const side = 2 // PNG pixels
	x, y := on.Transforms(&c)
	drawn := map[[2]int]bool{}
	for _, at := range p.points {
		place := vg.Point{X: x(at.X), Y: y(at.Y)}
		cell := [2]int{int(math.Floor(float64(place.X / pixel))), int(math.Floor(float64(place.Y / pixel)))}
		if !c.Contains(place) || drawn[cell] {
			continue
		}
		drawn[cell] = true
		left, bottom := vg.Length(cell[0])*pixel, vg.Length(cell[1])*pixel
		c.FillPolygon(p.color, corners(left, bottom, left+side*pixel, bottom+side*pixel))
	}
}

// center is a plotter of a ring.
type center struct{ at plotter.XY }

// Plot implements plot.Plotter.
func (m center) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := vg.Point{X: x(m.at.X), Y: y(m.at.Y)}
	if !c.Contains(at) {
		return
	}
	c.DrawGlyph(draw.GlyphStyle{Color: color.White, Radius: 5, Shape: draw.CircleGlyph{}}, at)
	c.DrawGlyph(draw.GlyphStyle{Color: vermillion, Radius: 3.5, Shape: draw.CircleGlyph{}}, at)
}
