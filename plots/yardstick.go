package plots

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Yardstick is a validation loss to measure a run's own by, reached without
// training a network, e.g. by projecting the images on principal components.
type Yardstick struct {
	Name string  // e.g. "PCA, 32 components"
	Loss float64 // on the run's validation images, in the unit of the run's loss
}

// label names the yardstick in a legend with room for text of the given width.
func (y Yardstick) label(width vg.Length) string {
	style, note := textStyle(labelSize, inkColor), y.note()
	return elideMiddle(style, y.Name, width-style.Width(note)) + note
}

// note stands behind the yardstick's name.
func (y Yardstick) note() string { return fmt.Sprintf(": %#.4g (validation)", y.Loss) }

// yardstickLosses returns the yardsticks' losses, which must be drawable.
func yardstickLosses(yardsticks []Yardstick) ([]float64, error) {
	var losses []float64
	for _, yardstick := range yardsticks {
		if !drawable(yardstick.Loss) {
			return nil, fmt.Errorf("the loss of the yardstick %q is %v, want a finite number", yardstick.Name, yardstick.Loss)
		}
		losses = append(losses, yardstick.Loss)
	}
	return losses, nil
}

// levelLine is a plotter and thumbnail of a dashed line across the axes.
type levelLine struct {
	at    float64 // on the vertical axis
	color color.Color
}

func (l levelLine) style() draw.LineStyle {
	return draw.LineStyle{Color: l.color, Width: 1.25, Dashes: []vg.Length{5, 3}}
}

// Plot implements plot.Plotter.
func (l levelLine) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	c.StrokeLine2(l.style(), c.Min.X, y(l.at), c.Max.X, y(l.at))
}

// Thumbnail implements plot.Thumbnailer.
func (l levelLine) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	c.StrokeLine2(l.style(), c.Min.X, y, c.Max.X, y)
}
