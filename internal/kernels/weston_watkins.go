package kernels

// WestonWatkins returns the multiclass hinge loss of scores (n, classes),
//
//	c * mean over images of the sum over j != y of max(0, 1 + s_j - s_y)
//
// where y, from labels (n), is the index of an image's class. There must be at
// least one image. With squared, each term of the sum is squared. Unless gradient is nil,
// (n, classes), it is set to the derivative by each score; at the kink that is
// 0, as in torch. A NaN score makes the loss and the image's gradient NaN.
//
// The sums are float64. The loss is torch.nn.MultiMarginLoss times the number of
// classes, by which that one divides. It stays on one processor: scores are few.
// Source: Weston and Watkins, "Support vector machines for multi-class pattern
// recognition" (ESANN 1999); https://pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
func WestonWatkins(gradient, scores, labels []float32, classes int, c float32, squared bool) float32 {
	share, total := c/float32(len(labels)), 0.0
	for i, label := range labels {
		own := int(label)
		row := scores[i*classes : (i+1)*classes]
		var slopes []float32
		if gradient != nil {
			slopes = gradient[i*classes : (i+1)*classes]
			clear(slopes)
		}
		for j, score := range row {
			margin := 1 + score - row[own]
			if j == own || margin <= 0 {
				continue
			}
			slope := share
			switch {
			case margin != margin: // NaN
				total += float64(margin)
				slope = margin
			case squared:
				total += float64(margin) * float64(margin)
				slope = 2 * share * margin
			default:
				total += float64(margin)
			}
			if slopes != nil {
				slopes[j] += slope
				slopes[own] -= slope
			}
		}
	}
	return c * float32(total/float64(len(labels)))
}
