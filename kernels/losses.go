package kernels

// Hinge returns c * mean(max(0, 1 - y*score)) over all scores, added up in
// float64. targets y are -1 or +1, one a score; there must be at least one.
func Hinge(scores, targets []float32, c float32) float32 {
	total := 0.0
	for i, y := range targets[:len(scores):len(targets)] {
		if margin := 1 - y*scores[i]; margin > 0 || margin != margin {
			total += float64(margin)
		}
	}
	return c * float32(total/float64(len(scores)))
}

// HingeGradient sets gradient to the derivative of Hinge by each score, times
// upstream: -c*y/n where the margin 1 - y*score is not negative, 0 elsewhere.
// At the kink it passes the gradient on, as torch.clamp(min=0) does. A NaN
// score has a NaN gradient.
func HingeGradient(gradient, scores, targets []float32, c, upstream float32) {
	scale := c * upstream / float32(len(scores))
	for i, y := range targets[:len(scores):len(targets)] {
		switch margin := 1 - y*scores[i]; {
		case margin >= 0:
			gradient[i] = -y * scale
		case margin < 0:
			gradient[i] = 0
		default:
			gradient[i] = margin
		}
	}
}

// MSE returns the mean of (prediction - target)^2 over all elements, of which
// there must be at least one, added up in float64.
func MSE(predictions, targets []float32) float32 {
	total := 0.0
	for i, t := range targets[:len(predictions):len(targets)] {
		d := float64(predictions[i] - t)
		total += d * d
	}
	return float32(total / float64(len(predictions)))
}

// MSEGradient sets gradient to the derivative of MSE by each prediction, times
// upstream: 2*(prediction - target)/n.
func MSEGradient(gradient, predictions, targets []float32, upstream float32) {
	scale := 2 * upstream / float32(len(predictions))
	gradient = gradient[:len(predictions):len(gradient)]
	for i, t := range targets[:len(predictions):len(targets)] {
		gradient[i] = scale * (predictions[i] - t)
	}
}
