package graphs

// A Layer is a step of a model's formula as a person sees it: an affine map and
// what follows it. A network records its layers as it adds their nodes to the
// graph, so that drawings and exports of a model show what it really computes.
type Layer struct {
	Name    string
	In, Out int

	// Weight and Bias name the layer's parameters. Layers that share a weight
	// name the same one.
	Weight, Bias string

	// Transposed says that the layer computes x W + b, with a weight (In, Out),
	// and not x W^T + b, with a weight (Out, In).
	Transposed bool

	ReLU   bool // max(0, .) follows
	Latent bool // its output is the code from which the image is restored
}

// ParameterCounts returns, for each layer, how many trained values it adds to
// those of the layers before it. Their sum is [Architecture.ParameterCount].
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
