package runs

import (
	"slices"
	"strings"

	"cifartrain/graphs"
	"cifartrain/internal/runfolder"
)

// Layers describes a model's layers from the input to the output.
func Layers(architecture *graphs.Architecture, model *graphs.Model) []runfolder.Layer {
	counts := architecture.ParameterCounts(model.Layers)
	layers := make([]runfolder.Layer, len(model.Layers))
	for i, layer := range model.Layers {
		layers[i] = runfolder.Layer{Name: layer.Name, In: layer.In, Out: layer.Out, Parameters: counts[i], Latent: layer.Latent, Activation: layer.Activation}
		if layer.Norm != nil {
			layers[i].Activation = strings.TrimSpace("batch norm " + layer.Activation)
		}
		owner := model.Layers[slices.IndexFunc(model.Layers, func(l graphs.Layer) bool { return l.Weight == layer.Weight })]
		if owner.Name != layer.Name {
			layers[i].SharesWith = owner.Name
		}
	}
	return layers
}
