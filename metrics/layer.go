package metrics

// A Layer is what goes on inside one layer of a model at the end of an epoch.
type Layer struct {
	Name string `json:"name"`

	// Of what the layer puts out for the first batch of validation images: the share of
	// its units that are zero for all of them, NaN without a ReLU, and the mean and the
	// standard deviation of all values.
	Dead      float64 `json:"-"`
	Mean      float64 `json:"-"`
	Deviation float64 `json:"-"`

	// Of the epoch's last step with a full batch: the Euclidean norm of the gradient by
	// the layer's weight and bias, and how long the step was beside the weight, by
	// Euclidean norms.
	Gradient float64 `json:"gradient"`
	Update   float64 `json:"update"`
}

// DyingEpoch returns the index of the layer with the most dead units at the end, and the
// first epoch after which half of that share were dead. layer is -1 if no unit is dead.
func (h History) DyingEpoch() (layer, epoch int) {
	layer, most := -1, 0.0
	for i, one := range h.Last().Layers {
		if one.Dead > most {
			layer, most = i, one.Dead
		}
	}
	for _, e := range h {
		if layer >= 0 && layer < len(e.Layers) && e.Layers[layer].Dead >= most/2 {
			return layer, e.Number
		}
	}
	return layer, h.Last().Number
}

// DeadUnits counts the units of a layer whose ReLU is zero for every image. No
// gradient passes through them, so training cannot revive them.
type DeadUnits struct {
	Layer string `json:"layer"`
	Dead  int    `json:"dead"`
	Units int    `json:"units"`
}
