package plots

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// planes is the number of channels of an image in colors.
const planes = 3

var planeNames = [planes]string{"red", "green", "blue"}

// Weights writes a PNG of a linear classifier's weights to w, seen as an
// image: one panel for each of the red, green and blue channels and one of
// the three together, or a single panel where there is one channel. negative and
// positive name the classes that a negative and a positive score stand for.
// Weights returns an error if there are not as many weights as the image's shape
// says, if one is NaN or infinite, if the caption names no dataset, or from w.
func Weights(w io.Writer, caption Caption, negative, positive string, weights Image) error {
	if err := cmp.Or(weights.check(), caption.check()); err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	strongest := largestMagnitude(weights.Values)
	heading := heading{"Weights of the linear classifier", caption, []string{
		fmt.Sprintf("Blue: a bright pixel here speaks for %s (weight below 0). Red: it speaks for %s (weight above 0).", negative, positive),
	}}
	if weights.Channels == planes {
		heading.notes = append(heading.notes, "The last panel mixes the three channels into colors of its own, in which middle gray is weight 0.")
	}
	if strongest == 0 {
		heading.notes = append(heading.notes, "All weights are 0.")
		strongest = 1 // any range around 0 does
	}
	panels, bar := weightPanels(weights, strongest)
	err := writePicture(w, heading, weightsHeight(len(panels)), func(c draw.Canvas) {
		drawWeights(c, panels, bar)
	})
	if err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	return nil
}

func largestMagnitude(weights []float32) float64 {
	largest := 0.0
	for _, weight := range weights {
		largest = max(largest, math.Abs(float64(weight)))
	}
	return largest
}

// Sizes of the weights' picture: panels of 13 PNG pixels a weight in two
// columns for CIFAR-10's images, the color bar to their right.
const (
	panelSide   = 13 * 32 * pixel
	panelTitle  = vg.Length(22)
	panelGap    = vg.Length(14)
	columns     = 2
	panelsWidth = columns*panelSide + (columns-1)*panelGap
)

// weightsHeight is the height of so many panels.
func weightsHeight(panels int) vg.Length {
	rows := vg.Length((panels + columns - 1) / columns)
	return rows*(panelSide+panelTitle) + (rows-1)*panelGap
}

// weightPanels returns the panels, row by row, and the color bar of all but that
// of the mixed channels, for weights between -strongest and strongest.
func weightPanels(weights Image, strongest float64) (panels []*plot.Plot, bar *plot.Plot) {
	colors, size := weightColors(strongest), weights.Height*weights.Width
	for plane := range weights.Channels {
		picture := image.NewRGBA(image.Rect(0, 0, weights.Width, weights.Height))
		for i, weight := range weights.Values[plane*size : (plane+1)*size] {
			picture.Set(i%weights.Width, i/weights.Width, colorAt(colors, float64(weight)))
		}
		title := "gray channel"
		if weights.Channels == planes {
			title = planeNames[plane] + " channel"
		}
		panels = append(panels, weightPanel(title, picture))
	}
	if weights.Channels == planes {
		panels = append(panels, weightPanel("all three channels mixed", weights.signed(strongest)))
	}

	bar = newPlot()
	bar.HideX()
	bar.X.Padding, bar.Y.Padding = 0, 0
	bar.Y.Label.Text = "Weight"
	bar.Y.Tick.Marker = linearTicks{}
	bar.Add(&plotter.ColorBar{ColorMap: colors, Vertical: true, Colors: 256})
	return panels, bar
}

// weightColors runs from blue through light gray at 0 to red, colors that
// color-blind readers tell apart.
func weightColors(strongest float64) palette.ColorMap {
	colors := moreland.SmoothBlueRed()
	colors.SetMin(-strongest)
	colors.SetMax(strongest)
	colors.SetConvergePoint(0)
	return colors
}

func colorAt(colors palette.ColorMap, value float64) color.Color {
	c, err := colors.At(value)
	if err != nil {
		// Unreachable: the map spans the largest magnitude on both sides.
		return color.White
	}
	return c
}

func weightPanel(title string, picture image.Image) *plot.Plot {
	panel := newPlot()
	panel.Title.Text = title
	panel.HideAxes()
	panel.X.Padding, panel.Y.Padding = 0, 0
	panel.Add(pixelImage{picture})
	return panel
}

func drawWeights(c draw.Canvas, panels []*plot.Plot, bar *plot.Plot) {
	size := c.Size()
	tiles := draw.Tiles{Cols: columns, Rows: (len(panels) + columns - 1) / columns, PadX: panelGap, PadY: panelGap}
	left := draw.Crop(c, 0, panelsWidth-size.X, 0, 0)
	for i, panel := range panels {
		panel.Draw(tiles.At(left, i%columns, i/columns))
	}
	bar.Draw(draw.Crop(c, panelsWidth+panelGap, 0, 0, -panelTitle))
}
