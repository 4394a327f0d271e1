// Package diagram draws a model's layers as an SVG, in light or dark colors as the
// reader's system asks for.
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

	// Target is what the loss compares the output with. It is empty if that is
	// the input, which the network restores.
	Target string
}

// A Layer is an affine map and the activation after it.
type Layer struct {
	Name       string
	In, Out    int
	Weight     string // describes its weight: the shape, and whether it is shared
	Parameters int    // its own trained values
	Activation string // empty for none
	Latent     bool   // its output is the latent code
	SharesWith string // the layer whose weight it uses; empty if it has its own
	Transposed bool   // it uses that weight transposed
}

//go:embed diagram.svg
var svg string

// html/template escapes texts in an SVG as it does in a page, and the result is
// well-formed XML.
var svgTemplate = template.Must(template.New("diagram").Parse(svg))

// Draw writes an SVG of a network to w. Each layer is a box with the shape of its
// weight and its number of parameters. Bars between the boxes show how wide the data
// is there. The latent is marked, layers that share a weight are linked, and the
// loss is shown with its target. If the network restores its input, the layers go
// down to the latent on the left and up again on the right; otherwise they all go
// down. The colors are light or dark as the reader's system asks for, and light in
// print.
//
// Draw returns an error for a network without layers, for layers whose widths do not
// fit together, for a layer that shares the weight of a missing layer, or from w.
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

// find returns the index of the layer with the name, or -1.
func (n Network) find(name string) int {
	return slices.IndexFunc(n.Layers, func(l Layer) bool { return l.Name == name })
}

// parameters returns the number of trained values of all layers.
func (n Network) parameters() int {
	sum := 0
	for _, layer := range n.Layers {
		sum += layer.Parameters
	}
	return sum
}

// target says in words what the loss compares the output with.
func (n Network) target() string {
	if n.Target == "" {
		return "the input"
	}
	return n.Target
}

// description describes the diagram for readers who cannot see it.
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

// counted writes a number of parameters.
func counted(parameters int) string {
	if parameters == 1 {
		return "1 parameter"
	}
	return plots.Thousands(parameters) + " parameters"
}
