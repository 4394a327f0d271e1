package kernels

// A factor is A or B^T: a matrix with a row for each row (A) or column (B^T) of C
// and a column for each step of k, the depth. byDepth says that it is stored
// transposed: step after step, stride numbers apart.
type factor struct {
	data    []float32
	stride  int
	byDepth bool
}

// A packFunc fills k rows, toStride numbers apart, from a matrix: it either copies
// some of the matrix's columns, or transposes some of its rows.
type packFunc func(to *float32, toStride int, from *float32, fromStride, k int)

// pack copies some rows of a factor to a panel: step of k after step of k, stride
// numbers apart. The functions that copy move whole registers. Where the number
// of rows is not a multiple of a register's, the last move begins earlier and
// copies some rows again, so that it never goes beyond the last row.
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

// panelsAtOnce is how many neighboring panels packFour fills.
const panelsAtOnce = 4

// packFour packs four neighboring panels of as many rows as there are in the first,
// panelStride numbers apart, and reports whether it did: it can only copy.
func (f factor) packFour(to []float32, panelStride int, first, depth span) bool {
	n := first.length()
	if !f.byDepth || n >= len(copiesOfFour) || copiesOfFour[n] == nil {
		return false
	}
	copiesOfFour[n](&to[0], panelStride, &f.data[depth.from*f.stride+first.from], f.stride, depth.length())
	return true
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
