package kernels

import (
	"runtime"
	"sync"
	"time"
)

// Peak measures how many floating-point operations a second this machine's
// processors reach together at best. All of them run the innermost loop of the
// matrix product, on panels that stay in the first-level cache. It takes about 50
// milliseconds.
func Peak() float64 {
	const (
		rounds = 10
		each   = 5 * time.Millisecond
	)
	best := 0.0
	for range rounds {
		processors := runtime.GOMAXPROCS(0)
		rates := make([]float64, processors)
		var wait sync.WaitGroup
		for i := range rates {
			wait.Go(func() { rates[i] = innermost(each) })
		}
		wait.Wait()
		total := 0.0
		for _, rate := range rates {
			total += rate
		}
		best = max(best, total)
	}
	return best
}

// innermost runs that loop on one processor for at least the given time and
// returns its operations a second.
func innermost(atLeast time.Duration) float64 {
	step, operations := peakStep()
	began := time.Now()
	for steps := 1.0; ; steps++ {
		step()
		if spent := time.Since(began); spent >= atLeast {
			return steps * operations / spent.Seconds()
		}
	}
}

// peakStep returns a function that keeps the processor at its fastest, and how
// many operations one call does: so many that the time to read the clock after
// each call does not matter.
func peakStep() (step func(), operations float64) {
	if instructions == nil {
		const n = 128
		a, b, c := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
		square := factor{data: a, stride: n}
		return func() { multiplyPortable(c, square, factor{data: b, stride: n}, n, n, n) }, 2 * n * n * n
	}
	const k, times = 128, 32 // panels of 6 and 16 KiB at most
	rows, columns := len(instructions.tiles), instructions.columns
	a, b, c := aligned(rows*k), aligned(k*columns), aligned(rows*columns)
	tile := instructions.tiles[rows-1]
	return func() {
		for range times {
			tile(&c[0], columns, &a[0], 1, rows, &b[0], k, false)
		}
	}, float64(2 * rows * columns * k * times)
}
