package diagram_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"cifartrain/plots/diagram"
)

// tied is an autoencoder whose decoder has the encoder's weights, with hidden
// layers of the given number.
func tied(hidden int) diagram.Network {
	network := diagram.Network{Title: "tied", Input: "images", Loss: "mean squared error"}
	widths := []int{3072}
	for i := range hidden {
		widths = append(widths, 512>>min(i, 4))
	}
	widths = append(widths, 8)
	for i := range len(widths) - 1 {
		network.Layers = append(network.Layers, diagram.Layer{
			Name: fmt.Sprint("down", i), In: widths[i], Out: widths[i+1], Weight: "own", Parameters: 1000, Activation: "ReLU",
		})
	}
	network.Layers[hidden].Latent = true
	for i := len(widths) - 1; i > 0; i-- {
		network.Layers = append(network.Layers, diagram.Layer{
			Name: fmt.Sprint("up", i), In: widths[i], Out: widths[i-1], Weight: "shared", Parameters: 1,
			SharesWith: fmt.Sprint("down", i-1), Transposed: true,
		})
	}
	return network
}

func classifier() diagram.Network {
	return diagram.Network{Title: "svm", Input: "images", Loss: "hinge", Target: "labels", Layers: []diagram.Layer{
		{Name: "fc", In: 3072, Out: 1, Weight: "weight 1 × 3072", Parameters: 3073},
	}}
}

// A drawn diagram is what a reader of its XML finds.
type drawn struct {
	width, height int
	title         string
	description   string
	texts         []string
	boxes, links  int
	labeled       int // links with a text

	places []place // of boxes and bars
}

type place struct{ x, y, right, bottom int }

// drawDiagram draws a network and reads the drawing back.
func drawDiagram(t *testing.T, network diagram.Network) drawn {
	t.Helper()
	var svg bytes.Buffer
	if err := diagram.Draw(&svg, network); err != nil {
		t.Fatal(err)
	}
	var d drawn
	decoder, within := xml.NewDecoder(&svg), ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return d
		}
		if err != nil {
			t.Fatalf("the drawing is not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			within = token.Name.Local
			d.element(t, token)
		case xml.EndElement:
			within = ""
		case xml.CharData:
			switch text := string(token); within {
			case "title":
				d.title += text
			case "desc":
				d.description += text
			case "text":
				d.texts = append(d.texts, text)
			}
		}
	}
}

// element notes an element. Nothing may stand outside the sheet and no two
// boxes in the same place.
func (d *drawn) element(t *testing.T, element xml.StartElement) {
	t.Helper()
	values := map[string]string{"class": "none"}
	for _, a := range element.Attr {
		values[a.Name.Local] = a.Value
	}
	number := func(name string) int { n, _ := strconv.Atoi(values[name]); return n }
	class := strings.Fields(values["class"])[0]
	switch what := element.Name.Local; {
	case what == "svg":
		d.width, d.height = number("width"), number("height")
	case what == "path" && class == "link":
		d.links++
	case what == "text" && class == "link":
		d.labeled++
	case what == "rect" && class != "sheet":
		p := place{number("x"), number("y"), number("x") + number("width"), number("y") + number("height")}
		if p.x < 0 || p.y < 0 || p.right > d.width || p.bottom > d.height {
			t.Errorf("%v leaves the sheet, %d by %d", p, d.width, d.height)
		}
		for _, other := range d.places {
			if p.x < other.right && other.x < p.right && p.y < other.bottom && other.y < p.bottom {
				t.Errorf("%v and %v lie one over the other", p, other)
			}
		}
		if d.places = append(d.places, p); class != "bar" {
			d.boxes++
		}
	}
	if y := number("y"); y > d.height {
		t.Errorf("something stands at %d, below the sheet of %d", y, d.height)
	}
}

// TestDiagram draws networks of all depths and counts what is there.
func TestDiagram(t *testing.T) {
	lonely := classifier()
	lonely.Target = "" // restores its input, but no layer is the latent
	networks := map[string]diagram.Network{"classifier": classifier(), "without a latent": lonely}
	for _, hidden := range []int{0, 1, 3, 32} {
		networks[fmt.Sprint(hidden, " hidden layers")] = tied(hidden)
	}
	labeled := tied(1) // down to the loss in one column
	labeled.Target = "labels"
	networks["tied with labels"] = labeled
	for name, network := range networks {
		t.Run(name, func(t *testing.T) {
			d := drawDiagram(t, network)
			if d.width != 900 {
				t.Errorf("it is %d wide", d.width)
			}
			if want := len(network.Layers) + 3; d.boxes < want { // input, loss, and target or reconstruction
				t.Errorf("%d boxes, want at least %d", d.boxes, want)
			}
			shown, shared := strings.Join(d.texts, "\n"), 0
			for _, layer := range network.Layers {
				if !strings.Contains(shown, layer.Name) || !strings.Contains(d.description, layer.Name) {
					t.Errorf("%s is not shown or not described", layer.Name)
				}
				if layer.SharesWith != "" {
					shared++
				}
			}
			if d.links != shared || d.labeled != shared {
				t.Errorf("%d links, %d of them labeled, want %d", d.links, d.labeled, shared)
			}
			if d.texts[0] != d.title {
				t.Errorf("the heading is %q, the title %q", d.texts[0], d.title)
			}
		})
	}
}

// TestDiagramAddsUp compares the number in the heading with those of the boxes.
func TestDiagramAddsUp(t *testing.T) {
	if got, want := drawDiagram(t, classifier()).title, "svm, 3,073 parameters"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
	if got, want := drawDiagram(t, tied(1)).title, "tied, 2,002 parameters"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
}

func TestDiagramEscapes(t *testing.T) {
	network := classifier()
	network.Title, network.Layers[0].Name, network.Target = `<script>&"'`, `</text><b>`, `]]>&lt;`
	d := drawDiagram(t, network)
	for _, want := range []string{network.Title, network.Layers[0].Name, network.Target} {
		if shown := strings.Join(d.texts, "\n"); !strings.Contains(shown, want) {
			t.Errorf("%q does not come back from %q", want, shown)
		}
	}
}

func TestDiagramErrors(t *testing.T) {
	gap, lost := tied(1), tied(1)
	gap.Layers[1].In++
	lost.Layers[2].SharesWith = "nobody"
	for want, network := range map[string]diagram.Network{
		"drawing the diagram: no layers":                                                 {Title: "none"},
		"drawing the diagram: layer down1 takes 513 values, down0 before it gives 512":   gap,
		"drawing the diagram: layer up2 shares the weight of nobody, which is not there": lost,
	} {
		if err := diagram.Draw(io.Discard, network); err == nil || err.Error() != want {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
	if err := diagram.Draw(broken{}, tied(1)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("the error is %v, want that of the writer", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
