package plots

import (
	"fmt"
	"strings"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// What stands around the Unicode number of a letter that the font lacks.
const (
	standInOpen  = "‹"
	standInClose = "›"
)

// standIns is a text handler that writes a letter which the font lacks as its Unicode
// number, e.g. ‹732B›, so that names in any script can be told apart.
type standIns struct{ text.Plain }

var textHandler = standIns{text.Plain{Fonts: plot.DefaultTextHandler.Cache()}}

// Box implements text.Handler.
func (s standIns) Box(line string, font plotfont.Font) (width, height, depth vg.Length) {
	return s.Plain.Box(s.replaced(line, font), font)
}

// Draw implements text.Handler.
func (s standIns) Draw(c vg.Canvas, lines string, style text.Style, at vg.Point) {
	s.Plain.Draw(c, s.replaced(lines, style.Font), style, at)
}

// replaced returns the text with stand-ins for the letters that the font lacks.
func (s standIns) replaced(text string, font plotfont.Font) string {
	var buffer sfnt.Buffer
	face := s.Fonts.Lookup(font, font.Size).Face
	var replaced strings.Builder
	for _, letter := range text {
		if glyph, err := face.GlyphIndex(&buffer, letter); letter == '\n' || err == nil && glyph != 0 {
			replaced.WriteRune(letter)
		} else {
			fmt.Fprintf(&replaced, "%s%04X%s", standInOpen, letter, standInClose)
		}
	}
	return replaced.String()
}
