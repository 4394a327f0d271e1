package plots

import (
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

const (
	imageSide = 32 // pixels, CIFAR-10's image size
	planeSize = imageSide * imageSide
	planes    = 3
)

var planeNames = [planes]string{"red", "green", "blue"}

// Weights writes a PNG of a linear classifier's weights to w, seen as an
// image: one panel for each of the red, green and blue channels and one of
// the three together. weights holds the channels' planes one after the other, each row by
// row from the top, 32x32: 3072 values, the order of CIFAR-10's own images.
// negative and positive name the classes that a negative and a positive score
// stand for. Weights returns an error if there are not 3072 weights, if one is
// NaN or infinite, if the caption names no dataset, or from w.
func Weights(w io.Writer, caption Caption, negative, positive string, weights []float32) error {
	if err := checkWeights(caption, weights); err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	strongest := largestMagnitude(weights)
	heading := heading{"Weights of the linear classifier", caption, []string{
		fmt.Sprintf("Blue: a bright pixel here speaks for %s (weight below 0). Red: it speaks for %s (weight above 0).", negative, positive),
		"The last panel mixes the three channels into colors of its own, in which middle gray is weight 0.",
	}}
	if strongest == 0 {
		heading.notes = append(heading.notes, "All weights are 0.")
		strongest = 1 // any range around 0 does
	}
	panels, bar := weightPanels(weights, strongest)
	err := writePicture(w, heading, weightsHeight, func(c draw.Canvas) {
		drawWeights(c, panels, bar)
	})
	if err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	return nil
}

func checkWeights(caption Caption, weights []float32) error {
	if len(weights) != planes*planeSize {
		return fmt.Errorf("%d weights, want %d (3 planes of 32x32)", len(weights), planes*planeSize)
	}
	for i, weight := range weights {
		if !drawable(float64(weight)) {
			return fmt.Errorf("weight %d is %v, want a finite number", i, weight)
		}
	}
	return caption.check()
}

func largestMagnitude(weights []float32) float64 {
	largest := 0.0
	for _, weight := range weights {
		largest = max(largest, math.Abs(float64(weight)))
	}
	return largest
}

// Sizes of the weights' picture: panels of 13 PNG pixels a weight in two
// columns, the color bar to their right.
const (
	panelSide   = 13 * imageSide * pixel
	panelTitle  = vg.Length(22)
	panelGap    = vg.Length(14)
	columns     = 2
	panelsWidth = columns*panelSide + (columns-1)*panelGap

	weightsHeight = 2*(panelSide+panelTitle) + panelGap
)

// weightPanels returns the four panels, row by row, and the color bar of the
// first three, for weights between -strongest and strongest.
func weightPanels(weights []float32, strongest float64) (panels []*plot.Plot, bar *plot.Plot) {
	colors := weightColors(strongest)
	mixed := image.NewRGBA(image.Rect(0, 0, imageSide, imageSide))
	for plane, name := range planeNames {
		values := weights[plane*planeSize : (plane+1)*planeSize]
		picture := image.NewRGBA(mixed.Rect)
		for i, weight := range values {
			picture.Set(i%imageSide, i/imageSide, colorAt(colors, float64(weight)))
			mixed.Pix[4*i+plane] = uint8(math.Round(255 * (0.5 + float64(weight)/(2*strongest))))
			mixed.Pix[4*i+planes] = 0xFF // alpha
		}
		panels = append(panels, weightPanel(name+" channel", picture))
	}
	panels = append(panels, weightPanel("all three channels mixed", mixed))

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
	tiles := draw.Tiles{Cols: columns, Rows: len(panels) / columns, PadX: panelGap, PadY: panelGap}
	left := draw.Crop(c, 0, panelsWidth-size.X, 0, 0)
	for i, panel := range panels {
		panel.Draw(tiles.At(left, i%columns, i/columns))
	}
	bar.Draw(draw.Crop(c, panelsWidth+panelGap, 0, 0, -panelTitle))
}
