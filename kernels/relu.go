package kernels

// ReLU sets y to max(0, x), element by element. A NaN stays NaN.
func ReLU(y, x []float32) {
	y = y[:len(x):len(y)]
	for i, v := range x {
		if v < 0 {
			v = 0
		}
		y[i] = v
	}
}

// ReLUGradient sets dx to dy where y, the output of ReLU, is above 0, and to 0
// elsewhere: at the kink the gradient is 0, as torch.relu's.
func ReLUGradient(dx, dy, y []float32) {
	dx, dy = dx[:len(y):len(dx)], dy[:len(y):len(dy)]
	for i, v := range y {
		g := dy[i]
		if v == 0 {
			g = 0
		}
		dx[i] = g
	}
}
