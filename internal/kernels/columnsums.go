package kernels

// A columnSummer sets the sums of neighboring columns of a matrix, as many as
// columns says. The matrix's rows are stride numbers apart.
type columnSummer struct {
	columns int
	set     func(sums, a *float32, stride, rows int)
}

// columnsUnit is the number of columns at whose multiples the work is cut for
// several processors. It is a multiple of the widest summer's columns, so that no
// cut leaves columns that only the slower summers can take.
const columnsUnit = 384

// ColumnSums sets sums (n) to the sums of the columns of a (m, n), each added
// up in float64 from the first row to the last.
func ColumnSums(sums, a []float32, m, n int) {
	sums, a = sums[:n:len(sums)], a[:m*n:len(a)]
	share(n, columnsUnit, m*n, func(from, to int) { columnSums(sums, a, m, n, from, to) })
}

func columnSums(sums, a []float32, m, n, at, to int) {
	if instructions != nil && m > 0 {
		for _, summer := range instructions.columnSums {
			for ; at+summer.columns <= to; at += summer.columns {
				summer.set(&sums[at], &a[at], n, m)
			}
		}
	}
	for at < to {
		var totals [passNumbers]float64
		some := min(passNumbers, to-at)
		for i := range m {
			for j, v := range a[i*n+at:][:some] {
				totals[j] += float64(v)
			}
		}
		for j, total := range totals[:some] {
			sums[at+j] = float32(total)
		}
		at += some
	}
}
