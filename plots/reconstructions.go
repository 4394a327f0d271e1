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

// Reconstruction is an image and its reconstruction by an autoencoder, which has the
// same shape and may have values below 0 and above 1.
type Reconstruction struct {
	Name                    string // e.g. "image 4711, frog"
	Original, Reconstructed Image
}

// mostReconstructions is the largest number of pairs in one picture.
const mostReconstructions = 64

// Reconstructions writes a PNG of images beside their reconstructions to w, with
// pixels enlarged without smoothing. Below each image is the range of its values,
// and below a reconstruction also its mean squared error over all values. Values
// outside 0 to 1 are clipped in the images, but not in the ranges. Up to 16 pairs
// have a third image, the absolute difference of the two.
// Reconstructions returns an error unless there are 1 to 64 pairs of images of
// one shape and finite values, if the caption names no dataset, or from w.
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
		if err := pair.Original.check(); err != nil {
			return fmt.Errorf("%s: original: %w", pair.Name, err)
		}
		if err := pair.Reconstructed.check(); err != nil {
			return fmt.Errorf("%s: reconstruction: %w", pair.Name, err)
		}
		if !pair.Reconstructed.like(pair.Original) || !pair.Original.like(pairs[0].Original) {
			return fmt.Errorf("%s: the images differ in shape", pair.Name)
		}
	}
	return caption.check()
}

// meanSquaredError is the mean over the values, torch's MSELoss.
func (r Reconstruction) meanSquaredError() float64 {
	sum := 0.0
	for i, original := range r.Original.Values {
		difference := float64(original) - float64(r.Reconstructed.Values[i])
		sum += difference * difference
	}
	return sum / float64(len(r.Original.Values))
}

// differences returns each pixel's absolute difference, the mean of its channels.
func (r Reconstruction) differences() []float64 {
	plane := r.Original.Height * r.Original.Width
	differences := make([]float64, plane)
	for i, original := range r.Original.Values {
		differences[i%plane] += math.Abs(float64(original)-float64(r.Reconstructed.Values[i])) / float64(r.Original.Channels)
	}
	return differences
}

// grays returns an image of the given width in grays from black for 0 to white for
// the value white.
func grays(values []float64, width int, white float64) image.Image {
	picture := image.NewGray(image.Rect(0, 0, width, len(values)/width))
	for i, value := range values {
		picture.Pix[i] = uint8(math.Round(255 * value / white))
	}
	return picture
}

// rangeOf writes the smallest and the largest value.
func rangeOf[T float32 | float64](values []T) string {
	low, high := float64(slices.Min(values)), float64(slices.Max(values))
	const many = 10 // numbers of at least this size are written with three significant digits
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
	side        int  // PNG pixels along each edge of the place for an image
	differences bool // there is room for a third image
}

var pairLayouts = []pairLayout{{4, 1, 320, true}, {16, 2, 160, true}, {mostReconstructions, 4, 96, false}}

func layoutFor(pairs int) pairLayout {
	fits := func(l pairLayout) bool { return pairs <= l.most }
	return pairLayouts[slices.IndexFunc(pairLayouts, fits)]
}

// pairTile is what is drawn of a pair.
type pairTile struct {
	name   string
	images []labeledImage
}

type labeledImage struct {
	image.Image
	labels []string // lines below the image
}

// tiles returns what is drawn of the pairs. All differences have the same scale, so
// that they can be compared.
func (l pairLayout) tiles(pairs []Reconstruction) []pairTile {
	white := largestDifference(pairs)
	tiles := make([]pairTile, len(pairs))
	for i, pair := range pairs {
		tiles[i] = pairTile{pair.Name, []labeledImage{
			{pair.Original.Picture(), []string{rangeOf(pair.Original.Values)}},
			{pair.Reconstructed.Picture(), []string{
				rangeOf(pair.Reconstructed.Values), "MSE " + Loss(pair.meanSquaredError())}},
		}}
		if l.differences {
			differences := pair.differences()
			tiles[i].images = append(tiles[i].images, labeledImage{grays(differences, pair.Original.Width, white), []string{rangeOf(differences)}})
		}
	}
	return tiles
}

// largestDifference returns the largest difference in any pair. If all
// reconstructions are perfect it returns 1, because a scale cannot end at 0.
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
	notes := []string{fmt.Sprintf("Below each image: the range of its values. MSE: the mean squared error over all %d values.", len(pairs[0].Original.Values))}
	if l.differences {
		absolute := "absolute"
		if pairs[0].Original.Channels > 1 {
			absolute += ", the mean of the three channels"
		}
		notes = append(notes, fmt.Sprintf("Difference: %s, from black for 0 to white for %.3g.", absolute, largestDifference(pairs)))
	}
	outside := func(value float32) bool { return value < 0 || value > 1 }
	for _, pair := range pairs {
		if slices.ContainsFunc(pair.Original.Values, outside) || slices.ContainsFunc(pair.Reconstructed.Values, outside) {
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

// room returns the space for an image in PNG pixels.
func (l pairLayout) room() image.Point { return image.Pt(l.side, l.side) }

func (l pairLayout) imageSide() vg.Length { return vg.Length(l.side) * pixel }

// rowHeight returns the height of a pair: its name, its images and two lines below.
func (l pairLayout) rowHeight() vg.Length {
	return nameHeight + l.imageSide() + labelGap + 2*lineHeight
}

// height returns the height of so many pairs and of the columns' titles above them.
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

// shrunk returns the style in the largest size at which all the texts fit the width,
// but no smaller than smallest.
func shrunk(style text.Style, texts []string, width, smallest vg.Length) text.Style {
	const step = 0.25
	tooWide := func(text string) bool { return style.Width(text) > width }
	for style.Font.Size > smallest && slices.ContainsFunc(texts, tooWide) {
		style.Font.Size -= step
	}
	return style
}

// drawImage draws the image and the labels below it. Around the image it draws a thin
// frame, without which a white edge would merge with the paper. left and top are the
// image's upper left corner.
func (l pairLayout) drawImage(c draw.Canvas, image labeledImage, style text.Style, left, top vg.Length) {
	size := fitted(image.Bounds().Size(), l.room())
	width, height := vg.Length(size.X)*pixel, vg.Length(size.Y)*pixel
	left, top = wholePixels(left), wholePixels(top)
	place := c
	place.Rectangle = vg.Rectangle{Min: vg.Point{X: left, Y: top - height}, Max: vg.Point{X: left + width, Y: top}}
	place.SetColor(gridColor)
	place.Fill(draw.Crop(place, -pixel, pixel, -pixel, pixel).Rectangle.Path())
	pixelImage{image}.Plot(place, nil)
	for i, label := range image.labels {
		writeLine(c, style, label, left, top-l.imageSide()-labelGap-vg.Length(i)*lineHeight)
	}
}

// writeLine writes a line of text with its upper left corner at the given place.
func writeLine(c draw.Canvas, style text.Style, line string, left, top vg.Length) {
	c.FillText(style, vg.Point{X: left, Y: top - lineHeight + style.FontExtents().Descent}, line)
}
