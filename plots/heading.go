package plots

import (
	"slices"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Caption says which run and which dataset a picture's figures come from. Every
// picture has it below its title; names too long for one line are wrapped.
type Caption struct {
	Run     string // as the run folder is named, e.g. "svm"
	Dataset string // in words, e.g. "CIFAR-10, frog and horse"
}

func (c Caption) String() string {
	if strings.TrimSpace(c.Run) == "" {
		return c.Dataset
	}
	return c.Run + " · " + c.Dataset
}

// heading is the text above a picture: its title, its caption, and notes on how to
// read it, each wrapped to the picture's width.
type heading struct {
	title   string
	caption Caption
	notes   []string
}

// headingGap is the space between the heading and what is below it.
const headingGap = vg.Length(10)

type headingLine struct {
	text  string
	style text.Style
}

func (l headingLine) height() vg.Length { return 1.3 * l.style.Font.Size }

func (h heading) lines(width vg.Length) []headingLine {
	var lines []headingLine
	add := func(style text.Style, text string) {
		for _, line := range wrap(style, text, width) {
			lines = append(lines, headingLine{line, style})
		}
	}
	add(bold(textStyle(titleSize, inkColor)), h.title)
	add(textStyle(labelSize, inkColor), h.caption.String())
	for _, note := range h.notes {
		add(textStyle(smallSize, noteColor), note)
	}
	return lines
}

// height returns the space that the heading takes, including the gap below it. An
// empty heading takes none.
func (h heading) height(width vg.Length) (height vg.Length) {
	for _, line := range h.lines(width) {
		height += line.height()
	}
	if height > 0 {
		height += headingGap
	}
	return height
}

// draw writes the heading along the canvas's upper edge and returns the rest
// of the canvas.
func (h heading) draw(c draw.Canvas) draw.Canvas {
	y := c.Max.Y
	for _, line := range h.lines(c.Size().X) {
		y -= line.height()
		c.FillText(line.style, vg.Point{X: c.Min.X, Y: y + line.style.FontExtents().Descent}, line.text)
	}
	return draw.Crop(c, 0, 0, 0, y-headingGap-c.Max.Y)
}

// wrap breaks text into lines no wider than width: between words, or within a word
// that is wider than a line. It keeps every word; white space of any kind becomes one
// space or a line break.
func wrap(style text.Style, text string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && style.Width(line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = ""
		for _, r := range word {
			if line != "" && style.Width(line+string(r)) > width {
				lines = append(lines, line)
				line = ""
			}
			line += string(r)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// elide shortens text to the width, with a "…" for what is left out of its middle:
// names often differ only at their ends.
func elide(style text.Style, text string, width vg.Length) string {
	letters := []rune(text)
	shortened := text
	for kept := len(letters); kept > 0 && style.Width(shortened) > width; {
		kept--
		head := (kept + 1) / 2
		shortened = string(letters[:head]) + "…" + string(letters[len(letters)-kept+head:])
	}
	return shortened
}

// elideApart shortens names as elide does. Those that are then the same, as names of
// letters that the font lacks soon are, begin where they differ.
func elideApart(style text.Style, names []string, width vg.Length) []string {
	shortened := make([]string, len(names))
	for i, name := range names {
		shortened[i] = elide(style, name, width)
	}
	apart := slices.Clone(shortened)
	for i, name := range names {
		letters, same := []rune(name), 0
		for j, other := range names {
			if name != other && shortened[i] == shortened[j] {
				n := 0
				for others := []rune(other); n < min(len(letters), len(others)) && letters[n] == others[n]; n++ {
				}
				same = max(same, n)
			}
		}
		for end := len(letters); same > 0 && end > same; end-- {
			if apart[i] = "…" + string(letters[same:end]) + strings.Repeat("…", min(1, len(letters)-end)); style.Width(apart[i]) <= width {
				break
			}
		}
	}
	return apart
}
