package plots

import (
	"slices"

	"cifartrain/metrics"
)

// quantity is what a comparison draws over the epochs.
type quantity struct {
	name   string // in lower case
	of     func(metrics.Epoch) (training, validation float64)
	format string // of a value in the legend
	// axis returns the scale for values and levels, and the axis's label.
	axis func(values, levels []float64) (scale, string)
}

func lossQuantity(lossName string) quantity {
	return quantity{
		name:   "loss",
		of:     func(e metrics.Epoch) (training, validation float64) { return e.TrainLoss, e.ValidationLoss },
		format: "%#.4g",
		axis: func(values, levels []float64) (scale, string) {
			s := lossScale(values, levels...)
			return s, lossLabel(lossName, s)
		},
	}
}

var accuracyQuantity = quantity{
	name: "accuracy",
	of: func(e metrics.Epoch) (training, validation float64) {
		return 100 * e.TrainAccuracy, 100 * e.ValidationAccuracy
	},
	format: "%.2f%%",
	axis: func(values, _ []float64) (scale, string) {
		s := linearScale(slices.Min(values), slices.Max(values))
		s.high = min(s.high, 100)
		return s, "Accuracy (%)"
	},
}
