package runs

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/plots/diagram"
)

// network describes the layers of a model for the diagram. shape is that of an
// image.
func network(shape loaders.Shape, architecture *graphs.Architecture, model *graphs.Model) diagram.Network {
	drawn := diagram.Network{
		Layers: Layers(architecture, model),
		Title:  architecture.Kind,
		Input:  fmt.Sprintf("images, %v = %d values", shape, shape.Values()),
		Loss:   architecture.LossName,
	}
	if model.Labels != nil {
		drawn.Target = "labels, one for each image"
	}
	return drawn
}

// Layers describes a model's layers from the input to the output.
func Layers(architecture *graphs.Architecture, model *graphs.Model) []diagram.Layer {
	var drawn []diagram.Layer
	shapes := make(map[string]tensor.Shape)
	for _, p := range architecture.Parameters {
		shapes[p.Name] = p.Shape
	}
	counts := architecture.ParameterCounts(model.Layers)
	for i, layer := range model.Layers {
		shape := shapes[layer.Weight]
		one := diagram.Layer{
			Name: layer.Name, In: layer.In, Out: layer.Out, Parameters: counts[i], Latent: layer.Latent,
			Weight: fmt.Sprintf("weight %d × %d", shape[0], shape[1]),
		}
		if layer.ReLU {
			one.Activation = "ReLU"
		}
		owner := model.Layers[slices.IndexFunc(model.Layers, func(l graphs.Layer) bool { return l.Weight == layer.Weight })]
		if owner.Name != layer.Name {
			one.SharesWith, one.Transposed = owner.Name, owner.Transposed != layer.Transposed
			one.Weight = fmt.Sprintf("shared %d × %d", layer.Out, layer.In)
		}
		drawn = append(drawn, one)
	}
	return drawn
}
