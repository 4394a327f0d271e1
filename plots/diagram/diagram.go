// Package diagram draws a model's layers as an SVG, which shows light or dark as
// the reader prefers.
package diagram

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"cifartrain/plots"
)

// A Network is a chain of layers as [Draw] shows it.
type Network struct {
	Title  string
	Input  string // what the network takes
	Layers []Layer
	Loss   string

	// Target is what the loss compares the output with. Empty is the input
	// itself: the network restores it.
	Target string
}

// A Layer is an affine map, with what follows it.
type Layer struct {
	Name       string
	In, Out    int
	Weight     string // what its weight is: its shape, or whose it is
	Parameters int    // its own trained values
	Activation string // empty for none
	Latent     bool   // what it gives is the code
	SharesWith string // the layer whose weight it uses; empty for one of its own
	Transposed bool   // it uses that weight transposed
}

//go:embed diagram.svg
var svg string

// html/template escapes what stands in an SVG as in a page: the result is
// well-formed XML.
var svgTemplate = template.Must(template.New("diagram").Parse(svg))

// Draw writes an SVG of a network to w: its layers as boxes with the shape
// of their weights and their numbers of parameters, between them bars for the
// widths of what flows, the latent marked, layers of one weight linked, and the
// loss with its target. The layers of a network that restores its input go down
// to the latent on the left and up again on the right; those of any other go
// down. It shows light or dark as the reader prefers, and prints light.
//
// Draw returns an error for a network without layers, for layers that do not
// fit together or that share with a layer that is not there, or from w.
func Draw(w io.Writer, network Network) error {
	if err := network.check(); err != nil {
		return fmt.Errorf("drawing the diagram: %w", err)
	}
	if err := svgTemplate.Execute(w, newSheet(network)); err != nil {
		return fmt.Errorf("drawing the diagram: %w", err)
	}
	return nil
}

func (n Network) check() error {
	if len(n.Layers) == 0 {
		return errors.New("no layers")
	}
	for i, layer := range n.Layers {
		switch {
		case i > 0 && layer.In != n.Layers[i-1].Out:
			return fmt.Errorf("layer %s takes %d values, %s before it gives %d", layer.Name, layer.In, n.Layers[i-1].Name, n.Layers[i-1].Out)
		case layer.SharesWith != "" && n.find(layer.SharesWith) < 0:
			return fmt.Errorf("layer %s shares the weight of %s, which is not there", layer.Name, layer.SharesWith)
		}
	}
	return nil
}

// find is the place of the layer of that name, -1 for none.
func (n Network) find(name string) int {
	return slices.IndexFunc(n.Layers, func(l Layer) bool { return l.Name == name })
}

// parameters is the number of trained values of all layers.
func (n Network) parameters() int {
	sum := 0
	for _, layer := range n.Layers {
		sum += layer.Parameters
	}
	return sum
}

// target is what the loss compares the output with, in words.
func (n Network) target() string {
	if n.Target == "" {
		return "the input"
	}
	return n.Target
}

// description tells the diagram to those who cannot see it.
func (n Network) description() string {
	text := []string{n.Input + "."}
	for _, layer := range n.Layers {
		sentence := fmt.Sprintf("%s: %d to %d values, %s, %s", layer.Name, layer.In, layer.Out, layer.Weight, counted(layer.Parameters))
		if layer.Activation != "" {
			sentence += ", then " + layer.Activation
		}
		if layer.Latent {
			sentence += "; this is the latent"
		}
		text = append(text, sentence+".")
	}
	return strings.Join(append(text, fmt.Sprintf("Loss: %s, against %s.", n.Loss, n.target())), " ")
}

// counted is a number of parameters in words.
func counted(parameters int) string {
	if parameters == 1 {
		return "1 parameter"
	}
	return plots.Thousands(parameters) + " parameters"
}
