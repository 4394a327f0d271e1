package plots

import (
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Reconstruction is an image and what an autoencoder makes of it. Both hold
// the planes of red, green and blue one after the other, each row by row from
// the top, 32x32: 3072 values, the order of CIFAR-10's own images. 0 is dark
// and 1 bright; a reconstruction may go beyond.
type Reconstruction struct {
	Name                    string // e.g. "image 4711, frog"
	Original, Reconstructed []float32
}

// mostReconstructions is how many pairs one picture holds at most.
const mostReconstructions = 64

// Reconstructions writes a PNG of images beside their reconstructions to w,
// pixels enlarged without smoothing. Below each image stands the range of its
// values, below a reconstruction its mean squared error over the 3072 values,
// too. Values outside 0 to 1 are clipped to be shown, not in the range. Up to
// 16 pairs have a third image, the absolute difference of the two.
// Reconstructions returns an error unless there are 1 to 64 pairs of 3072
// finite values each, if the caption names no dataset, or from w.
func Reconstructions(w io.Writer, caption Caption, pairs []Reconstruction) error {
	if err := checkReconstructions(caption, pairs); err != nil {
		return fmt.Errorf("drawing the reconstructions: %w", err)
	}
	layout := layoutFor(len(pairs))
	tiles := layout.tiles(pairs)
	heading := heading{"Reconstructions of validation images", caption, layout.notes(pairs)}
	err := writePicture(w, heading, layout.height(len(tiles)), func(c draw.Canvas) {
		layout.draw(c, tiles)
	})
	if err != nil {
		return fmt.Errorf("drawing the reconstructions: %w", err)
	}
	return nil
}

func checkReconstructions(caption Caption, pairs []Reconstruction) error {
	if len(pairs) == 0 {
		return errors.New("no pair given")
	}
	if len(pairs) > mostReconstructions {
		return fmt.Errorf("%d pairs, want at most %d", len(pairs), mostReconstructions)
	}
	for _, pair := range pairs {
		if err := checkPixels(pair.Original); err != nil {
			return fmt.Errorf("%s: original: %w", pair.Name, err)
		}
		if err := checkPixels(pair.Reconstructed); err != nil {
			return fmt.Errorf("%s: reconstruction: %w", pair.Name, err)
		}
	}
	return caption.check()
}

func checkPixels(values []float32) error {
	if len(values) != planes*planeSize {
		return fmt.Errorf("%d values, want %d (3 planes of 32x32)", len(values), planes*planeSize)
	}
	for i, value := range values {
		if !drawable(float64(value)) {
			return fmt.Errorf("value %d is %v, want a finite number", i, value)
		}
	}
	return nil
}

// meanSquaredError is the mean over the values, torch's MSELoss.
func (r Reconstruction) meanSquaredError() float64 {
	sum := 0.0
	for i, original := range r.Original {
		difference := float64(original) - float64(r.Reconstructed[i])
		sum += difference * difference
	}
	return sum / float64(len(r.Original))
}

// differences returns each pixel's absolute difference, the mean of the three
// channels.
func (r Reconstruction) differences() []float64 {
	differences := make([]float64, planeSize)
	for i, original := range r.Original {
		differences[i%planeSize] += math.Abs(float64(original)-float64(r.Reconstructed[i])) / planes
	}
	return differences
}

// clipped returns the image as it is shown, values below 0 as 0 and above 1 as
// 1.
func clipped(values []float32) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, imageSide, imageSide))
	for i, value := range values {
		picture.Pix[4*(i%planeSize)+i/planeSize] = uint8(math.Round(255 * min(max(float64(value), 0), 1)))
	}
	for i := range planeSize {
		picture.Pix[4*i+planes] = 0xFF // alpha
	}
	return picture
}

// grays returns an image that runs from black at 0 to white at the given value.
func grays(values []float64, white float64) image.Image {
	picture := image.NewGray(image.Rect(0, 0, imageSide, imageSide))
	for i, value := range values {
		picture.Pix[i] = uint8(math.Round(255 * value / white))
	}
	return picture
}

// rangeOf writes the smallest and the largest value.
func rangeOf[T float32 | float64](values []T) string {
	low, high := float64(slices.Min(values)), float64(slices.Max(values))
	const many = 10 // from which on decimals say nothing
	if max(-low, high) >= many {
		return fmt.Sprintf("%.3g..%.3g", low, high)
	}
	rounded := func(value float64) float64 {
		const thousandths = 1000
		return math.Round(thousandths*value)/thousandths + 0 // turns -0 into 0
	}
	return fmt.Sprintf("%.3f..%.3f", rounded(low), rounded(high))
}

// pairLayout is how pairs are laid out: a few large, many small.
type pairLayout struct {
	most        int  // pairs it is for
	across      int  // pairs beside each other
	enlargement int  // PNG pixels for a pixel of the image, in both directions
	differences bool // there is room for a third image
}

var pairLayouts = []pairLayout{{4, 1, 10, true}, {16, 2, 5, true}, {mostReconstructions, 4, 3, false}}

func layoutFor(pairs int) pairLayout {
	fits := func(l pairLayout) bool { return pairs <= l.most }
	return pairLayouts[slices.IndexFunc(pairLayouts, fits)]
}

// pairTile is a pair as it is drawn.
type pairTile struct {
	name   string
	images []labelledImage
}

type labelledImage struct {
	image.Image
	labels []string // lines below the image
}

// tiles returns the pairs as they are drawn. One scale serves all differences,
// so that they compare.
func (l pairLayout) tiles(pairs []Reconstruction) []pairTile {
	white := largestDifference(pairs)
	tiles := make([]pairTile, len(pairs))
	for i, pair := range pairs {
		tiles[i] = pairTile{pair.Name, []labelledImage{
			{clipped(pair.Original), []string{rangeOf(pair.Original)}},
			{clipped(pair.Reconstructed), []string{
				rangeOf(pair.Reconstructed), "MSE " + Loss(pair.meanSquaredError())}},
		}}
		if l.differences {
			differences := pair.differences()
			tiles[i].images = append(tiles[i].images, labelledImage{grays(differences, white), []string{rangeOf(differences)}})
		}
	}
	return tiles
}

// largestDifference returns the largest difference in any pair; 1, which does
// as well, where all reconstructions are perfect.
func largestDifference(pairs []Reconstruction) float64 {
	largest := 0.0
	for _, pair := range pairs {
		largest = max(largest, slices.Max(pair.differences()))
	}
	if largest == 0 {
		return 1
	}
	return largest
}

// notes says how to read the picture.
func (l pairLayout) notes(pairs []Reconstruction) []string {
	notes := []string{"Below each image: the range of its values. MSE: the mean squared error over all 3072 values."}
	if l.differences {
		notes = append(notes, fmt.Sprintf(
			"Difference: absolute, the mean of the three channels, from black for 0 to white for %.3g.", largestDifference(pairs)))
	}
	outside := func(value float32) bool { return value < 0 || value > 1 }
	for _, pair := range pairs {
		if slices.ContainsFunc(pair.Original, outside) || slices.ContainsFunc(pair.Reconstructed, outside) {
			return append(notes, "Values below 0 are shown as 0 and values above 1 as 1.")
		}
	}
	return notes
}

// Sizes of the pairs' picture.
const (
	pairGap      = vg.Length(10) // between pairs
	imageGap     = vg.Length(4)  // at least, between images and between their labels
	titlesHeight = vg.Length(20) // of the columns' titles, above the first pair
	nameHeight   = vg.Length(17)
	labelGap     = vg.Length(2) // between an image and its labels
	lineHeight   = vg.Length(14)

	// Font sizes of crowded pictures. A name that is still too long is elided;
	// every label fits.
	smallestName  = vg.Length(9)
	smallestLabel = vg.Length(6)
)

var columnTitles = []string{"Original", "Reconstruction", "Difference"}

func (l pairLayout) imageSide() vg.Length { return vg.Length(l.enlargement) * imageSide * pixel }

// rowHeight is the height of a pair: its name, its images and two lines below.
func (l pairLayout) rowHeight() vg.Length {
	return nameHeight + l.imageSide() + labelGap + 2*lineHeight
}

// height is the height of so many pairs below the columns' titles.
func (l pairLayout) height(pairs int) vg.Length {
	rows := vg.Length((pairs + l.across - 1) / l.across)
	return titlesHeight + rows*l.rowHeight() + (rows-1)*pairGap
}

// draw draws the tiles row by row.
func (l pairLayout) draw(c draw.Canvas, tiles []pairTile) {
	width := (c.Size().X - vg.Length(l.across-1)*pairGap) / vg.Length(l.across)
	pitch := width / vg.Length(len(tiles[0].images)) // from image to image
	titles := shrunk(textStyle(smallSize, noteColor), columnTitles[:len(tiles[0].images)], pitch-imageGap, smallestLabel)
	names, labels := textStyles(tiles, width, pitch-imageGap)
	for i, tile := range tiles {
		left := c.Min.X + vg.Length(i%l.across)*(width+pairGap)
		top := c.Max.Y - titlesHeight - vg.Length(i/l.across)*(l.rowHeight()+pairGap)
		writeLine(c, names, elide(names, tile.name, width), left, top)
		for column, image := range tile.images {
			at := left + vg.Length(column)*pitch
			if i < l.across {
				writeLine(c, titles, columnTitles[column], at, c.Max.Y)
			}
			l.drawImage(c, image, labels, at, top-nameHeight)
		}
	}
}

// textStyles returns one style for all names and one for all labels, so small
// that the longest fits its width.
func textStyles(tiles []pairTile, nameWidth, labelWidth vg.Length) (names, labels text.Style) {
	var nameTexts, labelTexts []string
	for _, tile := range tiles {
		nameTexts = append(nameTexts, tile.name)
		for _, image := range tile.images {
			labelTexts = append(labelTexts, image.labels...)
		}
	}
	return shrunk(bold(textStyle(labelSize, inkColor)), nameTexts, nameWidth, smallestName),
		shrunk(textStyle(smallSize, inkColor), labelTexts, labelWidth, smallestLabel)
}

// shrunk returns the style in the largest size at which all the texts fit the
// width, or in the smallest.
func shrunk(style text.Style, texts []string, width, smallest vg.Length) text.Style {
	const step = 0.25
	tooWide := func(text string) bool { return style.Width(text) > width }
	for style.Font.Size > smallest && slices.ContainsFunc(texts, tooWide) {
		style.Font.Size -= step
	}
	return style
}

// drawImage draws the image, a thin frame around it that keeps a white edge
// apart from the paper, and the labels below it. left and top are the image's
// upper left corner.
func (l pairLayout) drawImage(c draw.Canvas, image labelledImage, style text.Style, left, top vg.Length) {
	side := l.imageSide()
	left, top = wholePixels(left), wholePixels(top)
	place := c
	place.Rectangle = vg.Rectangle{Min: vg.Point{X: left, Y: top - side}, Max: vg.Point{X: left + side, Y: top}}
	place.SetColor(gridColor)
	place.Fill(draw.Crop(place, -pixel, pixel, -pixel, pixel).Rectangle.Path())
	pixelImage{image}.Plot(place, nil)
	for i, label := range image.labels {
		writeLine(c, style, label, left, top-side-labelGap-vg.Length(i)*lineHeight)
	}
}

// writeLine writes a line of text, its upper left corner at the given place.
func writeLine(c draw.Canvas, style text.Style, line string, left, top vg.Length) {
	c.FillText(style, vg.Point{X: left, Y: top - lineHeight + style.FontExtents().Descent}, line)
}
