package plots

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legendStrip is a legend whose entries stand side by side in a strip of its
// own, outside the axes, where it can cover no curve. Entries that do not fit
// beside each other start a new row.
type legendStrip struct {
	entries []plot.Legend // each with one entry
	aligned bool          // in columns as wide as the widest entry
}

const (
	thumbnailWidth  = vg.Length(22)
	legendGap       = vg.Length(18) // between entries
	legendRowHeight = 1.5 * labelSize
	legendBelow     = vg.Length(6) // between the strip and the axes
)

// newLegend returns a legend for entries below each other.
func newLegend() plot.Legend {
	legend := plot.NewLegend()
	legend.TextStyle = textStyle(labelSize, inkColor)
	legend.Left, legend.Top = true, true
	legend.ThumbnailWidth = thumbnailWidth
	return legend
}

func (s *legendStrip) add(name string, thumbnails ...plot.Thumbnailer) {
	entry := newLegend()
	entry.Add(name, thumbnails...)
	s.entries = append(s.entries, entry)
}

// place calls put with the place of each entry, measured from the strip's
// upper left corner, and returns the strip's height.
func (s *legendStrip) place(width vg.Length, put func(entry *plot.Legend, left, down, entryWidth vg.Length)) vg.Length {
	var left, down, widest vg.Length
	for i := range s.entries {
		if s.aligned {
			widest = max(widest, s.entries[i].Rectangle(draw.Canvas{}).Size().X)
		}
	}
	for i := range s.entries {
		entryWidth := max(widest, s.entries[i].Rectangle(draw.Canvas{}).Size().X)
		if left > 0 && left+entryWidth > width {
			left, down = 0, down+legendRowHeight
		}
		put(&s.entries[i], left, down, entryWidth)
		left += entryWidth + legendGap
	}
	return down + legendRowHeight
}

// height is the space the strip takes on a canvas of the given width; nil takes none.
func (s *legendStrip) height(width vg.Length) vg.Length {
	if s == nil {
		return 0
	}
	return legendBelow + s.place(width, func(*plot.Legend, vg.Length, vg.Length, vg.Length) {})
}

// draw draws the strip along the canvas's upper edge and returns the rest of
// the canvas.
func (s *legendStrip) draw(c draw.Canvas) draw.Canvas {
	if s == nil {
		return c
	}
	size := c.Size()
	height := s.place(size.X, func(entry *plot.Legend, left, down, entryWidth vg.Length) {
		entry.Draw(draw.Crop(c, left, left+entryWidth-size.X, size.Y-down-legendRowHeight, -down))
	})
	return draw.Crop(c, 0, 0, 0, -height-legendBelow)
}
