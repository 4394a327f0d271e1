package kernels

// A factor is A or B^T: a matrix of C's rows or columns by the depth k they are
// summed over. It is stored so, or transposed, depth by depth.
type factor struct {
	data    []float32
	stride  int
	byDepth bool
}

// A packFunc copies, or transposes, some columns, or rows, of a matrix to k rows
// that are toStride numbers apart.
type packFunc func(to *float32, toStride int, from *float32, fromStride, k int)

// pack copies some rows (or columns, of B) of a factor to a panel: depth by
// depth, stride numbers apart. Rows that are not as many as a register holds are
// copied a second time before one too many is.
func (f factor) pack(to []float32, stride int, rows, depth span) {
	n, k := rows.length(), depth.length()
	switch {
	case n < 4:
		f.packNarrow(to, stride, rows, depth)
	case !f.byDepth:
		for i := 0; i < n; {
			step, transpose := 8, transpose8
			if n-i < 5 || n < 8 {
				step, transpose = 4, transpose4
			}
			from := min(i, n-step)
			transpose(&to[from], stride, &f.data[(rows.from+from)*f.stride+depth.from], f.stride, k)
			i += step
		}
	default:
		for i := 0; i < n; {
			step := min(n, 32)
			for step >= len(copies) || copies[step] == nil {
				step--
			}
			from := min(i, n-step)
			copies[step](&to[from], stride, &f.data[depth.from*f.stride+rows.from+from], f.stride, k)
			i += step
		}
	}
}

func (f factor) packNarrow(to []float32, stride int, rows, depth span) {
	row, step := f.stride, 1
	if f.byDepth {
		row, step = 1, f.stride
	}
	for i := range rows.length() {
		from := f.data[(rows.from+i)*row+depth.from*step:]
		for l := range depth.length() {
			to[l*stride+i] = from[l*step]
		}
	}
}
