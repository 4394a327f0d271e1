package plots

import (
	"fmt"
	"image"
	"io"

	scaling "golang.org/x/image/draw"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A gallery shows groups of tiles below each other. A tile consists of images beside
// each other and lines of text below them. All images have the same height and width,
// and all tiles as many images.
type gallery struct {
	heading heading
	across  int // tiles beside each other
	groups  []tileGroup
}

type tileGroup struct {
	title string // "" for none
	tiles []galleryTile
}

type galleryTile struct {
	images []view
	lines  [][]string // one text for the whole tile, or one below each image
}

const (
	tileGap       = vg.Length(8) // between tiles
	tileImageGap  = vg.Length(2) // between the images of a tile
	groupTitle    = vg.Length(20)
	groupGap      = vg.Length(6)
	smallestLine  = vg.Length(9)
	tileLineLead  = 1.25         // line spacing in font sizes
	tileLinesEdge = vg.Length(3) // between an image and its lines
)

// oneGroup returns a gallery of tiles without titles.
func oneGroup(h heading, across int, tiles []galleryTile) gallery {
	return gallery{h, across, []tileGroup{{tiles: tiles}}}
}

// write writes the gallery as a PNG. A gallery without tiles is only its heading.
func (g gallery) write(w io.Writer) error {
	if err := g.check(); err != nil {
		return err
	}
	return writePicture(w, g.heading, g.height(), g.draw)
}

// check returns an error unless all images can be drawn and have the same height and
// width.
func (g gallery) check() error {
	number := 0
	for _, tile := range g.tiles() {
		for _, m := range tile.images {
			first := g.tiles()[0].images[0]
			if err := m.check(); err != nil {
				return fmt.Errorf("image %d: %w", number, err)
			}
			if m.Height != first.Height || m.Width != first.Width {
				return fmt.Errorf("image %d is %dx%d and the first %dx%d; all need the same size", number, m.Width, m.Height, first.Width, first.Height)
			}
			number++
		}
	}
	return nil
}

func (g gallery) tiles() (all []galleryTile) {
	for _, group := range g.groups {
		all = append(all, group.tiles...)
	}
	return all
}

func (g gallery) tileWidth() vg.Length {
	return (bodyWidth - vg.Length(g.across-1)*tileGap) / vg.Length(g.across)
}

// imageSize returns the size in PNG pixels at which an image is drawn: each of its
// pixels becomes a square of whole PNG pixels, or, if it has more pixels than there
// is room for, it is scaled down.
func (g gallery) imageSize() image.Point {
	images := g.tiles()[0].images
	room := int(g.partWidth(len(images))/pixel + 1e-6)
	size := image.Pt(images[0].Width, images[0].Height)
	if enlargement := room / size.X; enlargement > 0 {
		return size.Mul(enlargement)
	}
	return image.Pt(room, max(1, size.Y*room/size.X))
}

// partWidth returns the room for each of so many texts or images beside each other in
// a tile.
func (g gallery) partWidth(parts int) vg.Length {
	return (g.tileWidth() - vg.Length(parts-1)*tileImageGap) / vg.Length(parts)
}

// style returns the text style of the tiles' lines: the largest in which all of them
// fit, but no smaller than smallestLine.
func (g gallery) style() text.Style {
	style := textStyle(smallSize, inkColor)
	for _, tile := range g.tiles() {
		for _, line := range tile.lines {
			for _, one := range line {
				style.Font.Size = max(smallestLine, min(style.Font.Size, style.Font.Size*g.partWidth(len(line))/max(1, style.Width(one))))
			}
		}
	}
	return style
}

// rowHeight returns the height of a row of tiles, with room for the longest text.
func (g gallery) rowHeight() vg.Length {
	lines := 0
	for _, tile := range g.tiles() {
		lines = max(lines, len(tile.lines))
	}
	height := vg.Length(g.imageSize().Y)*pixel + tileGap
	if lines > 0 {
		height += tileLinesEdge + vg.Length(lines)*tileLineLead*g.style().Font.Size
	}
	return height
}

func (g gallery) height() vg.Length {
	if len(g.tiles()) == 0 {
		return 0
	}
	height, row := vg.Length(len(g.groups)-1)*groupGap-tileGap, g.rowHeight()
	for _, group := range g.groups {
		if group.title != "" {
			height += groupTitle
		}
		height += vg.Length((len(group.tiles)+g.across-1)/g.across) * row
	}
	return height
}

func (g gallery) draw(c draw.Canvas) {
	if len(g.tiles()) == 0 {
		return
	}
	style, row, top := g.style(), g.rowHeight(), c.Max.Y
	for _, group := range g.groups {
		if group.title != "" {
			titles := bold(textStyle(labelSize, inkColor))
			titles.YAlign = draw.YTop
			c.FillText(titles, vg.Point{X: c.Min.X, Y: top}, elide(titles, group.title, bodyWidth))
			top -= groupTitle
		}
		for place, tile := range group.tiles {
			left := c.Min.X + vg.Length(place%g.across)*(g.tileWidth()+tileGap)
			g.drawTile(c, tile, style, left, top-vg.Length(place/g.across)*row)
		}
		top -= vg.Length((len(group.tiles)+g.across-1)/g.across)*row + groupGap
	}
}

// drawTile draws a tile with its upper left corner at the given place. Each image has
// a thin frame, without which a white edge would merge with the paper.
func (g gallery) drawTile(c draw.Canvas, tile galleryTile, style text.Style, left, top vg.Length) {
	size := g.imageSize()
	width, height := vg.Length(size.X)*pixel, vg.Length(size.Y)*pixel
	left, top = wholePixels(left), wholePixels(top)
	for i, one := range tile.images {
		place := vg.Rectangle{Min: vg.Point{X: left + vg.Length(i)*wholePixels(width+tileImageGap), Y: top - height}}
		place.Max = place.Min.Add(vg.Point{X: width, Y: height})
		c.FillPolygon(gridColor, corners(place.Min.X-pixel, place.Min.Y-pixel, place.Max.X+pixel, place.Max.Y+pixel))
		c.DrawImage(place, scaled(one.picture(), size))
	}
	for i, line := range tile.lines {
		baseline := top - height - tileLinesEdge - vg.Length(i+1)*tileLineLead*style.Font.Size + style.FontExtents().Descent
		for place, one := range line {
			at := left
			if len(line) > 1 {
				at += vg.Length(place) * wholePixels(width+tileImageGap)
			}
			c.FillText(style, vg.Point{X: at, Y: baseline}, elide(style, one, g.partWidth(len(line))))
		}
	}
}

// scaled returns a picture in another size, enlarged without smoothing: gonum's
// plotter.Image would blur it.
func scaled(picture image.Image, size image.Point) image.Image {
	drawn := image.NewRGBA(image.Rectangle{Max: size})
	scaler := scaling.Scaler(scaling.NearestNeighbor)
	if size.X < picture.Bounds().Dx() {
		scaler = scaling.BiLinear
	}
	scaler.Scale(drawn, drawn.Rect, picture, picture.Bounds(), scaling.Src, nil)
	return drawn
}

// fullWidth returns a tile's lines, each of a single text.
func fullWidth(lines ...string) (texts [][]string) {
	for _, line := range lines {
		texts = append(texts, []string{line})
	}
	return texts
}
