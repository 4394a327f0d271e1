package plots

import (
	"errors"
	"fmt"
	"image"
	"io"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A gallery shows groups of tiles below each other. A tile consists of images beside
// each other and lines of text below them.
type gallery struct {
	across int // tiles beside each other
	groups []tileGroup
}

type tileGroup struct {
	title string // "" for none
	tiles []galleryTile
}

type galleryTile struct {
	images []image.Image // all of one size
	lines  []string
	struck bool // crossed out
}

const (
	tileGap       = vg.Length(8) // between tiles
	tileImageGap  = vg.Length(2) // between the images of a tile
	groupTitle    = vg.Length(20)
	groupGap      = vg.Length(6)
	smallestLine  = vg.Length(6)
	tileLineLead  = 1.25         // line spacing in font sizes
	tileLinesEdge = vg.Length(3) // between an image and its lines
	galleryWidth  = pictureWidth - 2*margin
)

// checkImages returns an error unless there are images, all of one shape, that
// can be drawn.
func checkImages(caption Caption, images []Image) error {
	if len(images) == 0 {
		return errors.New("no image given")
	}
	first := images[0]
	for i, m := range images {
		if err := m.check(); err != nil {
			return fmt.Errorf("image %d: %w", i, err)
		}
		if m.Channels != first.Channels || m.Height != first.Height || m.Width != first.Width {
			return fmt.Errorf("image %d has %dx%dx%d values and the first %dx%dx%d; all need the same shape",
				i, m.Channels, m.Height, m.Width, first.Channels, first.Height, first.Width)
		}
	}
	return caption.check()
}

// write writes the gallery below a heading as a PNG.
func (g gallery) write(w io.Writer, h heading) error {
	return writePicture(w, h, g.height(), g.draw)
}

// tile returns one of the tiles. All tiles have the same number of images, of the
// same size.
func (g gallery) tile() galleryTile {
	for _, group := range g.groups {
		if len(group.tiles) > 0 {
			return group.tiles[0]
		}
	}
	return galleryTile{}
}

func (g gallery) tileWidth() vg.Length {
	return (galleryWidth - vg.Length(g.across-1)*tileGap) / vg.Length(g.across)
}

// imageSize returns the size at which an image is drawn: each of its pixels becomes
// a square of whole PNG pixels.
func (g gallery) imageSize() (width, height vg.Length) {
	images := vg.Length(len(g.tile().images))
	bounds := g.tile().images[0].Bounds()
	room := (g.tileWidth() - (images-1)*tileImageGap) / images
	enlargement := max(1, int(room/pixel)/bounds.Dx())
	return vg.Length(enlargement*bounds.Dx()) * pixel, vg.Length(enlargement*bounds.Dy()) * pixel
}

// style returns the text style of the tiles' lines, so small that the longest line
// fits.
func (g gallery) style() text.Style {
	var lines []string
	for _, group := range g.groups {
		for _, tile := range group.tiles {
			lines = append(lines, tile.lines...)
		}
	}
	return shrunk(textStyle(smallSize, inkColor), lines, g.tileWidth(), smallestLine)
}

// rowHeight returns the height of a row of tiles, with room for the longest text.
func (g gallery) rowHeight() vg.Length {
	_, height := g.imageSize()
	lines := 0
	for _, group := range g.groups {
		for _, tile := range group.tiles {
			lines = max(lines, len(tile.lines))
		}
	}
	if lines == 0 {
		return height + tileGap
	}
	return height + tileLinesEdge + vg.Length(lines)*tileLineLead*g.style().Font.Size + tileGap
}

func (g gallery) height() vg.Length {
	height := -tileGap
	for i, group := range g.groups {
		if i > 0 {
			height += groupGap
		}
		if group.title != "" {
			height += groupTitle
		}
		height += vg.Length((len(group.tiles)+g.across-1)/g.across) * g.rowHeight()
	}
	return height
}

func (g gallery) draw(c draw.Canvas) {
	style, row := g.style(), g.rowHeight()
	top := c.Max.Y
	for i, group := range g.groups {
		if i > 0 {
			top -= groupGap
		}
		if group.title != "" {
			titles := bold(textStyle(labelSize, inkColor))
			writeLine(c, titles, elide(titles, group.title, galleryWidth), c.Min.X, top)
			top -= groupTitle
		}
		for place, tile := range group.tiles {
			left := c.Min.X + vg.Length(place%g.across)*(g.tileWidth()+tileGap)
			g.drawTile(c, tile, style, left, top-vg.Length(place/g.across)*row)
		}
		top -= vg.Length((len(group.tiles)+g.across-1)/g.across) * row
	}
}

// drawTile draws a tile with its upper left corner at the given place. Each image has
// a thin frame, without which a white edge would merge with the paper.
func (g gallery) drawTile(c draw.Canvas, tile galleryTile, style text.Style, left, top vg.Length) {
	width, height := g.imageSize()
	left, top = wholePixels(left), wholePixels(top)
	for i, image := range tile.images {
		at := left + vg.Length(i)*wholePixels(width+tileImageGap)
		place := c
		place.Rectangle = vg.Rectangle{Min: vg.Point{X: at, Y: top - height}, Max: vg.Point{X: at + width, Y: top}}
		place.SetColor(gridColor)
		place.Fill(draw.Crop(place, -pixel, pixel, -pixel, pixel).Rectangle.Path())
		pixelImage{image}.Plot(place, nil)
		if tile.struck {
			cross := draw.LineStyle{Color: vermillion, Width: 1.5}
			place.StrokeLine2(cross, at, top, at+width, top-height)
			place.StrokeLine2(cross, at, top-height, at+width, top)
		}
	}
	for i, line := range tile.lines {
		baseline := top - height - tileLinesEdge - vg.Length(i+1)*tileLineLead*style.Font.Size + style.FontExtents().Descent
		c.FillText(style, vg.Point{X: left, Y: baseline}, elide(style, line, g.tileWidth()))
	}
}
