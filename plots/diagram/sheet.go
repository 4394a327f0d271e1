package diagram

import (
	"fmt"
	"math"
)

// Sizes of a diagram in the SVG's units, which are pixels if it is shown unscaled.
const (
	sheetWidth = 900
	sheetRim   = 24
	boxWidth   = 280
	boxHeight  = 46
	lossWidth  = 190
	barLength  = 150 // of the widest
	barHeight  = 7

	firstRow = 62 // the first row's top, below the heading
	roomyGap = 50 // between rows
	tightGap = 32 // where there are many
	manyRows = 7
)

// A sheet is a diagram after its layout, as the template writes it.
type sheet struct {
	Width, Height      int
	Title, Description string

	Boxes, Bars   []rectangle
	Arrows, Links []string // paths
	Texts         []words
}

type rectangle struct {
	Class               string
	X, Y, Width, Height int
}

func (r rectangle) center() int { return r.X + r.Width/2 }
func (r rectangle) middle() int { return r.Y + r.Height/2 }
func (r rectangle) right() int  { return r.X + r.Width }
func (r rectangle) bottom() int { return r.Y + r.Height }

type words struct {
	Class string
	X, Y  int
	Text  string
}

// newSheet lays a network out.
func newSheet(n Network) *sheet {
	s := &sheet{
		Width: sheetWidth, Title: fmt.Sprintf("%s, %s", n.Title, counted(n.parameters())),
		Description: n.description(),
	}
	s.write("heading", sheetRim, 38, s.Title)
	var boxes []rectangle
	if n.Target == "" {
		boxes = s.valley(n)
	} else {
		boxes = s.column(n)
	}
	shared := s.link(n, boxes)
	s.notes(shared)
	return s
}

// row returns the top of a row of boxes. number counts from 0; rows is how many rows
// there are.
func row(number, rows int) int {
	gap := roomyGap
	if rows > manyRows {
		gap = tightGap
	}
	return firstRow + number*(boxHeight+gap)
}

// column draws a network from top to bottom, with the target beside the loss,
// and returns its layers' boxes.
func (s *sheet) column(n Network) []rectangle {
	left, rows := (sheetWidth-boxWidth)/2, len(n.Layers)+2
	above := s.box("box", left, row(0, rows), boxWidth, "input", n.Input)
	boxes := make([]rectangle, len(n.Layers))
	for i, layer := range n.Layers {
		boxes[i] = s.layer(layer, left, row(i+1, rows))
		s.flow(n, i, above, boxes[i])
		above = boxes[i]
	}
	loss := s.box("box", left, row(rows-1, rows), boxWidth, "loss", n.Loss)
	s.flow(n, len(n.Layers), above, loss)
	target := s.box("box", sheetWidth-sheetRim-lossWidth, loss.Y, lossWidth, "target", n.Target)
	s.arrow("M%d %d H%d", target.X, target.middle(), loss.right())
	s.Height = loss.bottom()
	return boxes
}

// valley draws a network that restores its input: down to the latent on the
// left, up to the reconstruction on the right, with the loss between the two. It
// returns the layers' boxes.
func (s *sheet) valley(n Network) []rectangle {
	down := turn(n)
	up := len(n.Layers) - down
	rows := max(down, up) + 1
	left, right := sheetRim, sheetWidth-sheetRim-boxWidth

	input := s.box("box", left, row(0, rows), boxWidth, "input", n.Input)
	output := s.box("box", right, row(0, rows), boxWidth, "reconstruction", "of the input")
	loss := s.box("box", (sheetWidth-lossWidth)/2, row(0, rows), lossWidth, "loss", n.Loss)
	s.arrow("M%d %d H%d", input.right(), input.middle(), loss.X)
	s.write("soft middle", (input.right()+loss.X)/2, input.middle()-7, "target")
	s.arrow("M%d %d H%d", output.X, output.middle(), loss.right())

	boxes := make([]rectangle, len(n.Layers))
	before := input
	for i := range down {
		boxes[i] = s.layer(n.Layers[i], left, row(i+1, rows))
		s.flow(n, i, before, boxes[i])
		before = boxes[i]
	}
	for i := down; i < len(n.Layers); i++ {
		boxes[i] = s.layer(n.Layers[i], right, row(rows-1-(i-down), rows))
		if i > down {
			s.flow(n, i, before, boxes[i])
		}
		before = boxes[i]
	}
	if up > 0 {
		s.flow(n, len(n.Layers), before, output)
	}
	s.code(n, down, boxes, output, row(rows, rows))
	return boxes
}

// turn returns the number of layers up to the latent, or half of all layers if none
// outputs the latent.
func turn(n Network) int {
	for i, layer := range n.Layers {
		if layer.Latent {
			return i + 1
		}
	}
	return (len(n.Layers) + 1) / 2
}

// code draws the data at the bottom of a valley: from the last layer on the left,
// which has the index down-1, to the first one on the right, or to the output if
// there is none.
func (s *sheet) code(n Network, down int, boxes []rectangle, output rectangle, top int) {
	class, name := "box", "between"
	if n.Layers[down-1].Latent {
		class, name = "latent", "latent"
	}
	from, to := boxes[down-1], output
	if down < len(boxes) {
		to = boxes[down]
	}
	box := s.box(class, (sheetWidth-lossWidth)/2, top, lossWidth, name, fmt.Sprintf("B × %d", n.Layers[down-1].Out))
	const bend = 12
	s.arrow("M%d %d V%d q0 %d %d %d H%d", from.center(), from.bottom(), box.middle()-bend, bend, bend, bend, box.X)
	s.arrow("M%d %d H%d q%d 0 %d %d V%d", box.right(), box.middle(), to.center()-bend, bend, bend, -bend, to.bottom())
	s.Height = box.bottom()
}

// layer draws a layer's box.
func (s *sheet) layer(l Layer, left, top int) rectangle {
	class := "layer"
	if l.SharesWith != "" {
		class += " shared"
	}
	box := s.box(class, left, top, boxWidth, l.Name, l.Weight)
	s.write("end", box.right()-12, top+19, l.Activation)
	s.write("soft end", box.right()-12, top+37, counted(l.Parameters))
	return box
}

// box draws a box with a name and a line below it.
func (s *sheet) box(class string, left, top, width int, name, below string) rectangle {
	box := rectangle{class, left, top, width, boxHeight}
	s.Boxes = append(s.Boxes, box)
	s.write("name", left+12, top+19, name)
	s.write("soft", left+12, top+37, below)
	return box
}

// flow draws the data between a box and the next one above or below it: the input
// of layer i, or the output of the last layer.
func (s *sheet) flow(n Network, i int, from, to rectangle) {
	width, class, label := n.Layers[0].In, "bar", ""
	if i > 0 {
		width = n.Layers[i-1].Out
		if n.Layers[i-1].Latent {
			class, label = "bar latent", "latent, "
		}
	}
	start, end := from.bottom(), to.Y
	if to.Y < from.Y {
		start, end = from.Y, to.bottom()
	}
	s.arrow("M%d %d V%d", from.center(), start, end)
	length := barWidth(width, n)
	bar := rectangle{class, from.center() - length/2, (start + end - barHeight) / 2, length, barHeight}
	s.Bars = append(s.Bars, bar)
	s.write("soft", max(bar.right(), from.center()+8)+8, bar.middle()+4, fmt.Sprintf("%sB × %d", label, width))
}

// barWidth returns the length of the bar for data of the given width: its logarithm,
// scaled so that the widest data of the network has the longest bar.
func barWidth(width int, n Network) int {
	widest := n.Layers[0].In
	for _, layer := range n.Layers {
		widest = max(widest, layer.Out)
	}
	return max(barHeight, int(barLength*math.Log(float64(width))/math.Log(float64(max(2, widest)))))
}

// link draws the links between layers that share a weight. It reports whether there
// are any.
func (s *sheet) link(n Network, boxes []rectangle) bool {
	any := false
	for i, layer := range n.Layers {
		if layer.SharesWith == "" {
			continue
		}
		any = true
		from, to := boxes[n.find(layer.SharesWith)], boxes[i]
		end, bend, sag := to.X, sheetWidth/2, 26
		if from.X == to.X { // one above the other: the link goes round what is between
			end, bend, sag = to.right(), to.right()+90, 0
		}
		s.Links = append(s.Links, fmt.Sprintf("M%d %d C%d %d %d %d %d %d",
			from.right(), from.middle(), bend, from.middle()+sag, bend, to.middle()+sag, end, to.middle()))
		label := "same weights"
		if layer.Transposed {
			label += ", transposed"
		}
		s.write("link middle", bend, (from.middle()+to.middle())/2+4, label)
	}
	return any
}

// notes explains the signs below the drawing, which ends at s.Height.
func (s *sheet) notes(shared bool) {
	notes := []string{"B is the number of images in a batch. The length of a bar is the logarithm of the width beside it."}
	if shared {
		notes = append(notes, "A dashed layer uses the weights of the layer it is linked with; only its bias is its own, and only that is counted.")
	}
	s.Height += 14
	for _, note := range notes {
		s.Height += 18
		s.write("soft", sheetRim, s.Height, note)
	}
	s.Height += 16
}

func (s *sheet) arrow(path string, places ...any) {
	s.Arrows = append(s.Arrows, fmt.Sprintf(path, places...))
}

func (s *sheet) write(class string, x, y int, text string) {
	if text != "" {
		s.Texts = append(s.Texts, words{class, x, y, text})
	}
}
