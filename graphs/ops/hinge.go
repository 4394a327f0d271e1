package ops

import "cifartrain/internal/kernels"

// Hinge is c * mean(max(0, 1 - y*score)) over the images. Each has one score,
// and y is -1 for the first of two classes and +1 for the second.
func Hinge(c float64) Classification {
	return marginLoss("hinge", float32(c), kernels.Hinge, kernels.HingeWithGradient)
}

// SquaredHinge is c * mean(max(0, 1 - y*score)^2), with scores and y as in Hinge.
func SquaredHinge(c float64) Classification {
	return marginLoss("squared hinge", float32(c), kernels.SquaredHinge, kernels.SquaredHingeWithGradient)
}

// marginLoss is c times a mean over margins 1 - y*score.
func marginLoss(name string, c float32,
	value func(scores, targets []float32, c float32) float32,
	withGradient func(gradient, scores, targets []float32, c float32) float32) Classification {
	var signs []float32 // y of each image
	return Classification{Name: name, Scores: 1, Value: func(gradient, scores, labels []float32) float32 {
		signs = signs[:0]
		for _, class := range labels {
			signs = append(signs, 2*class-1)
		}
		if gradient == nil {
			return value(scores, signs, c)
		}
		return withGradient(gradient, scores, signs, c)
	}}
}
