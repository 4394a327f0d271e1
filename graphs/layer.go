package graphs

// A Layer is a step of a model's formula as a person thinks of it: an affine
// map and what follows it. A network notes its layers as they become nodes of
// the graph, so that what is drawn or exported of a model is what it computes.
type Layer struct {
	Name    string
	In, Out int

	// Weight and Bias name the layer's parameters. Layers that share a weight
	// name the same one.
	Weight, Bias string

	// Transposed tells x W + b, with a weight (In, Out), from x W^T + b, with a
	// weight (Out, In).
	Transposed bool

	ReLU   bool // max(0, .) follows
	Latent bool // what the layer gives is the code from which the image is restored
}

// ParameterCounts are the numbers of trained values that each layer adds to
// those of the layers before it. They sum up to [Architecture.ParameterCount].
func (a *Architecture) ParameterCounts(layers []Layer) []int {
	sizes := make(map[string]int, len(a.Parameters))
	for _, p := range a.Parameters {
		sizes[p.Name] = p.Shape.TotalSize()
	}
	counts := make([]int, len(layers))
	for i, layer := range layers {
		for _, name := range []string{layer.Weight, layer.Bias} {
			counts[i] += sizes[name]
			delete(sizes, name) // counted
		}
	}
	return counts
}
