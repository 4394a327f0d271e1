package kernels

// SquaredHinge returns c * mean(max(0, 1 - y*score)^2) over all scores, added
// up in float64. targets y are -1 or +1, one for each score; there must be at least
// one.
func SquaredHinge(scores, targets []float32, c float32) float32 {
	total := 0.0
	for i, y := range targets[:len(scores):len(targets)] {
		margin := squaredHingeMargin(y, scores[i])
		total += float64(margin) * float64(margin)
	}
	return c * float32(total/float64(len(scores)))
}

// SquaredHingeWithGradient returns SquaredHinge and sets gradient to its
// derivative by each score: -2*c*y*max(0, 1 - y*score)/n. A NaN score has a NaN
// gradient. It stays on the calling goroutine: there are few scores.
func SquaredHingeWithGradient(gradient, scores, targets []float32, c float32) float32 {
	scale := 2 * c / float32(len(scores))
	gradient = gradient[:len(scores):len(gradient)]
	for i, y := range targets[:len(scores):len(targets)] {
		gradient[i] = -y * scale * squaredHingeMargin(y, scores[i])
	}
	return SquaredHinge(scores, targets, c)
}

// squaredHingeMargin is max(0, 1 - y*score), and NaN for a NaN score.
func squaredHingeMargin(y, score float32) float32 {
	margin := 1 - float32(y*score)
	if margin < 0 {
		return 0
	}
	return margin
}
