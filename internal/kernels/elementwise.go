package kernels

// AddBias adds bias (n) to each row of a (m, n).
func AddBias(a, bias []float32, m, n int) { eachRow(a, bias, m, n, add) }

// eachRow calls do with each row of a (m, n) and the bias (n).
func eachRow(a, bias []float32, m, n int, do func(row, bias []float32)) {
	a, bias = a[:m*n:len(a)], bias[:n:len(bias)]
	share(m, 1, m*n, func(from, to int) {
		for i := from; i < to; i++ {
			do(a[i*n:(i+1)*n], bias)
		}
	})
}

// add adds x to y.
func add(y, x []float32) {
	done := whole(len(y))
	if done > 0 {
		instructions.addBias(&y[0], &x[0], done)
	}
	for i := done; i < len(y); i++ {
		y[i] += x[i]
	}
}

// AddBiasReLU adds bias (n) to each row of a (m, n) and sets negative sums to 0:
// a = max(0, a + bias). A NaN stays NaN.
func AddBiasReLU(a, bias []float32, m, n int) { eachRow(a, bias, m, n, addBiasReLU) }

func addBiasReLU(row, bias []float32) {
	done := whole(len(row))
	if done > 0 {
		instructions.addBiasReLU(&row[0], &bias[0], done)
	}
	for j := done; j < len(row); j++ {
		v := row[j] + bias[j]
		if v < 0 {
			v = 0
		}
		row[j] = v
	}
}

// Scale multiplies each element of x by factor.
func Scale(x []float32, factor float32) {
	share(len(x), passNumbers, len(x), func(from, to int) {
		x := x[from:to]
		done := whole(len(x))
		if done > 0 {
			instructions.scale(&x[0], done, factor)
		}
		for i := done; i < len(x); i++ {
			x[i] *= factor
		}
	})
}

// MoveToward moves each number of average a portion of the way towards the number
// of values in the same place: average += portion * (values - average), as
// torch.lerp computes it. A number of average that equals its value stays as it is.
func MoveToward(average, values []float32, portion float32) {
	values = values[:len(average):len(values)]
	share(len(average), passNumbers, len(average), func(from, to int) {
		average, values := average[from:to], values[from:to]
		done := whole(len(average))
		if done > 0 {
			instructions.moveToward(&average[0], &values[0], done, portion)
		}
		for i := done; i < len(average); i++ {
			a := average[i]
			average[i] = a + float32(portion*(values[i]-a))
		}
	})
}

// ReLUGradient sets dx to dy where y, the output of ReLU, is above 0, and to 0
// where y is 0, as torch.relu's gradient is. dx may be dy.
func ReLUGradient(dx, dy, y []float32) {
	dx, dy = dx[:len(y):len(dx)], dy[:len(y):len(dy)]
	share(len(y), passNumbers, len(y), func(from, to int) {
		dx, dy, y := dx[from:to], dy[from:to], y[from:to]
		done := whole(len(y))
		if done > 0 {
			instructions.reluGradient(&dx[0], &dy[0], &y[0], done)
		}
		for i := done; i < len(y); i++ {
			dx[i] = dy[i]
			if y[i] == 0 {
				dx[i] = 0
			}
		}
	})
}
