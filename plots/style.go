// Package plots draws the pictures of runs, comparisons and sweeps. Each exported
// function takes values and writes one PNG; the same values give the same bytes.
// Every picture's heading names the run and the dataset, and says what is drawn, how
// it was chosen and in which unit. A chart is a value that is also written as HTML.
// A function returns an error if there is nothing to draw, if a value is not finite, if
// images differ in size or figures contradict each other, and its writer's errors. But a
// loss or an accuracy that is not finite leaves a gap among those of other epochs or
// settings, and a gallery of no images is only its heading.
//
// style.go holds what all pictures share: sizes, fonts and colors.
package plots

import (
	"image/color"
	"math"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	resolution   = 144                      // dots per inch: sharp at half size on any screen
	pixel        = vg.Inch / resolution     // one dot of the PNG
	pictureWidth = vg.Length(7.5) * vg.Inch // 1080 pixels, a page's text width in print
	rim          = vg.Length(12)            // white, around every picture
	bodyWidth    = pictureWidth - 2*rim
	panelGap     = vg.Length(14) // between panels beside each other

	titleSize = vg.Length(15)
	labelSize = vg.Length(12) // axis labels, legends, panel titles
	smallSize = vg.Length(11) // captions, notes, tick labels; the smallest size used by choice
)

// The colors of Okabe and Ito's palette, which stay apart for color-blind
// readers (https://jfly.uni-koeln.de/color/).
var (
	blue       = color.RGBA{R: 0x00, G: 0x72, B: 0xB2, A: 0xFF}
	vermillion = color.RGBA{R: 0xD5, G: 0x5E, B: 0x00, A: 0xFF}
	green      = color.RGBA{R: 0x00, G: 0x9E, B: 0x73, A: 0xFF}
	purple     = color.RGBA{R: 0xCC, G: 0x79, B: 0xA7, A: 0xFF}
	orange     = color.RGBA{R: 0xE6, G: 0x9F, B: 0x00, A: 0xFF}
	skyBlue    = color.RGBA{R: 0x56, G: 0xB4, B: 0xE9, A: 0xFF}
	black      = color.RGBA{A: 0xFF}
	paleBlue   = color.RGBA{R: 0x9C, G: 0xC6, B: 0xE0, A: 0xFF} // not Okabe and Ito's
)

// brown replaces the palette's yellow, which is too pale for a line on white. It is
// as far from the other colors as these are from each other.
var brown = color.RGBA{R: 0x7A, G: 0x3B, B: 0x00, A: 0xFF}

// The grays, which mean the same in every picture.
var (
	inkColor  = color.Gray{Y: 0x1A} // text and axes
	noteColor = color.Gray{Y: 0x59} // text of second rank
	restColor = color.Gray{Y: 0xB0} // curves of second rank
	gridColor = color.Gray{Y: 0xDD}
)

// textStyle returns the style of every text: Liberation Sans, which is part of
// gonum/plot, so that pictures do not depend on the machine's fonts.
func textStyle(size vg.Length, ink color.Color) text.Style {
	return text.Style{
		Color:   ink,
		Font:    plotfont.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		Handler: textHandler,
	}
}

// bold returns the style in bold letters.
func bold(style text.Style) text.Style {
	style.Font.Weight = font.WeightBold
	return style
}

// newPlot returns gonum's plot with the fonts and lines that all pictures share.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil // the canvas is white already
	setStyle(&p.Title.TextStyle, labelSize)
	p.Title.Padding = 6
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color = inkColor
		axis.Padding = 4
		setStyle(&axis.Label.TextStyle, labelSize)
		axis.Label.Padding = 4
		setStyle(&axis.Tick.Label, smallSize)
		axis.Tick.Color = inkColor
		axis.Tick.Length = 4
	}
	return p
}

// setStyle gives a text the pictures' font and leaves its alignment as it is.
func setStyle(style *text.Style, size vg.Length) {
	own := textStyle(size, inkColor)
	style.Font, style.Color, style.Handler = own.Font, own.Color, own.Handler
}

// newGrid returns lines that guide the eye and stay behind the data.
func newGrid() *plotter.Grid {
	style := draw.LineStyle{Color: gridColor, Width: 0.75}
	return &plotter.Grid{Vertical: style, Horizontal: style}
}

// wholePixels rounds a coordinate to whole PNG pixels, so that the edges of an image
// lie between them.
func wholePixels(x vg.Length) vg.Length {
	return vg.Length(math.Round(float64(x/pixel))) * pixel
}
