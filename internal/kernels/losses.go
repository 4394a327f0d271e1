package kernels

// Hinge returns c * mean(max(0, 1 - y*score)) over all scores, added up in
// float64. targets y are -1 or +1, one for each score; there must be at least one.
// With squared, each term of the mean is squared. Unless gradient is nil, it is set to
// the derivative by each score: -c*y/n, with squared -2*c*y*(1 - y*score)/n, where
// the margin 1 - y*score is above or exactly 0, and 0 elsewhere. torch.clamp(min=0)
// has the same gradient at exactly 0. A NaN score has a NaN gradient. It stays on the
// calling goroutine: there are few scores.
func Hinge(gradient, scores, targets []float32, c float32, squared bool) float32 {
	slope, total := c/float32(len(scores)), 0.0
	if squared {
		slope *= 2
	}
	if gradient != nil {
		gradient = gradient[:len(scores):len(gradient)]
	}
	for i, y := range targets[:len(scores):len(targets)] {
		margin := 1 - float32(y*scores[i])
		g := -y * slope
		switch {
		case margin < 0:
			margin, g = 0, 0
		case margin != margin: // NaN
			g = margin
		}
		loss := float64(margin)
		if squared {
			g *= margin
			loss *= loss
		}
		total += loss
		if gradient != nil {
			gradient[i] = g
		}
	}
	return c * float32(total/float64(len(scores)))
}

// MSE returns the mean of (prediction - target)^2 over all elements, of which
// there must be at least one, added up in float64. Unless gradient is nil, it is set
// to the derivative by each prediction: 2*(prediction - target)/n.
func MSE(gradient, predictions, targets []float32) float32 {
	n := len(predictions)
	targets = targets[:n:len(targets)]
	if gradient != nil {
		gradient = gradient[:n:len(gradient)]
	}
	scale := 2 / float32(n)
	total := sumBlocks(n, func(from, to int) float64 {
		var slopes []float32
		if gradient != nil {
			slopes = gradient[from:to]
		}
		return squares(slopes, predictions[from:to], targets[from:to], scale)
	})
	return float32(total / float64(n))
}

// sumBlocks cuts n numbers into blocks, has each block summed, and adds up the
// sums from the first to the last. The length of the blocks depends on n alone,
// so that the total does not depend on the number of processors.
func sumBlocks(n int, sum func(from, to int) float64) float64 {
	const most, shortest = 64, 4096 // blocks, and numbers in a block
	length := max(shortest, (n/most/passNumbers+1)*passNumbers)
	var sums [most]float64
	share(n, length, n, func(from, to int) {
		for ; from < to; from += length {
			sums[from/length] = sum(from, min(from+length, to))
		}
	})
	total := 0.0
	for _, sum := range sums {
		total += sum
	}
	return total
}

// squares returns the sum of (x - y)^2 and, unless gradient is nil, sets that to
// scale * (x - y). Number i is added to sum i mod 32; then the upper half of the sums
// is added to the lower half until one is left; the numbers behind the last multiple
// of 32 follow one by one. The square of a float32 is exact in float64, so that a
// processor that fuses it with the addition gets the same bits.
func squares(gradient, x, y []float32, scale float32) float64 {
	done, total := len(x)/passNumbers*passNumbers, 0.0
	switch {
	case done == 0:
	case instructions == nil:
		total = squaresByLanes(x[:done], y[:done])
	case gradient == nil:
		total = instructions.squares(&x[0], &y[0], done)
	default:
		total = instructions.squaresGradient(&gradient[0], &x[0], &y[0], done, scale)
	}
	for i := done; i < len(x); i++ {
		d := float64(x[i] - y[i])
		total += d * d
	}
	for i := whole(len(x)); i < len(gradient); i++ {
		gradient[i] = scale * (x[i] - y[i])
	}
	return total
}

func squaresByLanes(x, y []float32) float64 {
	var sums [passNumbers]float64
	for i, v := range x {
		d := float64(v - y[i])
		sums[i%passNumbers] += d * d
	}
	for half := passNumbers / 2; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[half+i]
		}
	}
	return sums[0]
}
