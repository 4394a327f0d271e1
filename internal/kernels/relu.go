package kernels

// ReLUGradient sets dx to dy where y, the output of ReLU, is above 0, and to 0
// where y is 0, as torch.relu's gradient is. dx may be dy.
func ReLUGradient(dx, dy, y []float32) {
	dx, dy = dx[:len(y):len(dx)], dy[:len(y):len(dy)]
	share(len(y), passNumbers, len(y), func(from, to int) {
		reluGradient(dx[from:to], dy[from:to], y[from:to])
	})
}

func reluGradient(dx, dy, y []float32) {
	done := whole(len(y))
	if done > 0 {
		instructions.reluGradient(&dx[0], &dy[0], &y[0], done)
	}
	for i := done; i < len(y); i++ {
		g := dy[i]
		if y[i] == 0 {
			g = 0
		}
		dx[i] = g
	}
}
