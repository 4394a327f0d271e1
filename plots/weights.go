package plots

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// planes are the names of the channels of a color image.
const planes = 3

var planeNames = [planes]string{"red", "green", "blue"}

// Weights writes a PNG of the weights of a linear classifier with two classes to w.
// Above it shows for each class, in color, which pixels speak for that class. Below,
// or beside that if the images are gray, it shows each channel by itself, with
// weights below 0 in blue and weights above 0 in red. negative and positive name the
// classes that a negative and a positive score stand for. Weights returns an error
// for weights that do not have the shape of a gray or color image or are not finite,
// if the caption names no dataset, or from w.
func Weights(w io.Writer, caption Caption, negative, positive string, weights Image) error {
	if err := cmp.Or(weights.check(), caption.check()); err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	strongest, clear := largestMagnitude(weights.Values), clearMagnitude(weights.Values)
	places, title, titleRoom := [2]string{"Above: what speaks for each class, in its color", "Below, each channel"}, "what speaks for ", panelSide
	if weights.Channels < planes {
		places, title, titleRoom = [2]string{"Left: what speaks for each class is bright", "Right"}, "for ", smallSide
	}
	notes := []string{
		fmt.Sprintf("%s. Middle gray is no weight; weights beyond ±%s are drawn as that.", places[0], Loss(clear)),
		fmt.Sprintf("%s: a bright pixel speaks for %s where it is blue and for %s where it is red.", places[1], negative, positive),
	}
	if strongest == 0 {
		notes = append(notes, "All weights are 0.")
		strongest, clear = 1, 1 // any range around 0 does
	}
	var above, below []*plot.Plot
	for _, side := range []struct {
		class string
		sign  float32
	}{{negative, -1}, {positive, 1}} {
		above = append(above, imagePanel(title+side.class, titleRoom, weights.times(side.sign).between(-clear, clear)))
	}
	colors := weightColors(strongest)
	plane := weights.Height * weights.Width
	for channel := range weights.Channels {
		name := "the weights"
		if weights.Channels == planes {
			name = planeNames[channel] + " channel"
		}
		below = append(below, imagePanel(name, smallSide, mapped(colors, weights, weights.Values[channel*plane:(channel+1)*plane])))
	}
	height := weightsHeight
	if len(below) == 1 { // of gray images all fit a row
		above, below, height = nil, append(above, below...), smallSide+panelTitle
	}
	err := writePicture(w, heading{"Weights of the linear classifier", caption, notes}, height, func(c draw.Canvas) {
		drawWeights(c, above, below, weightBar(colors))
	})
	if err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	return nil
}

// times returns the image with all its values multiplied by a factor.
func (m Image) times(factor float32) Image {
	values := make([]float32, len(m.Values))
	for i, value := range m.Values {
		values[i] = factor * value
	}
	m.Values = values
	return m
}

func largestMagnitude(weights []float32) float64 {
	largest := 0.0
	for _, weight := range weights {
		largest = max(largest, math.Abs(float64(weight)))
	}
	return largest
}

// clearMagnitude returns the magnitude below which all but one in fifty weights lie.
// It gets the strongest color: if the largest weight of all did, most weights would
// look gray.
func clearMagnitude(weights []float32) float64 {
	magnitudes := make([]float64, len(weights))
	for i, weight := range weights {
		magnitudes[i] = math.Abs(float64(weight))
	}
	slices.Sort(magnitudes)
	if clear := magnitudes[(len(magnitudes)-1)*49/50]; clear > 0 {
		return clear
	}
	return magnitudes[len(magnitudes)-1]
}

// Sizes of the weights' picture. For an image of 32x32 pixels there are two panels
// above, with 13 PNG pixels for each weight, and three below, with 8 PNG pixels for
// each weight and a color bar to their right.
const (
	panelSide  = 13 * 32 * pixel
	smallSide  = 8 * 32 * pixel
	panelTitle = vg.Length(22)
	panelGap   = vg.Length(14)

	weightsHeight = panelSide + panelTitle + panelGap + smallSide + panelTitle
)

// mapped returns a plane of weights as an image in the colors.
func mapped(colors palette.ColorMap, shape Image, plane []float32) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, shape.Width, shape.Height))
	for i, weight := range plane {
		picture.Set(i%shape.Width, i/shape.Width, colorAt(colors, float64(weight)))
	}
	return picture
}

func weightBar(colors palette.ColorMap) *plot.Plot {
	bar := newPlot()
	bar.HideX()
	bar.X.Padding, bar.Y.Padding = 0, 0
	bar.Y.Label.Text = "Weight"
	bar.Y.Tick.Marker = linearTicks{}
	bar.Add(&plotter.ColorBar{ColorMap: colors, Vertical: true, Colors: 256})
	return bar
}

// weightColors returns colors from blue through light gray at 0 to red, which
// color-blind readers can tell apart.
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

func imagePanel(title string, room vg.Length, picture image.Image) *plot.Plot {
	panel := newPlot()
	panel.Title.Text = elide(textStyle(labelSize, inkColor), title, room)
	panel.HideAxes()
	panel.X.Padding, panel.Y.Padding = 0, 0
	panel.Add(pixelImage{picture})
	return panel
}

func drawWeights(c draw.Canvas, above, below []*plot.Plot, bar *plot.Plot) {
	at := func(left, top, side vg.Length) draw.Canvas {
		place := c
		place.Rectangle = vg.Rectangle{
			Min: vg.Point{X: c.Min.X + left, Y: c.Max.Y - top - side - panelTitle}, Max: vg.Point{X: c.Min.X + left + side, Y: c.Max.Y - top},
		}
		return place
	}
	for i, panel := range above {
		panel.Draw(at(vg.Length(i)*(panelSide+panelGap), 0, panelSide))
	}
	top, left := vg.Length(0), vg.Length(0)
	if len(above) > 0 {
		top = panelSide + panelTitle + panelGap
	}
	for _, panel := range below {
		panel.Draw(at(left, top, smallSide))
		left += smallSide + panelGap
	}
	const barWidth = vg.Length(60)
	bar.Draw(draw.Crop(at(left, top, barWidth), 0, 0, -(smallSide - barWidth), -panelTitle))
}
