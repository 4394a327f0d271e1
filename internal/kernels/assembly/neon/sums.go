package main

import "fmt"

// squares generates the sum of the squared differences of two slices, with or
// without its gradient. It adds in the order that squares in ../avo/sums.go describes,
// which gives the same bits.
func squares(file *file, gradient bool) {
	name, signature := "squares", "func(x, y *float32, n int) float64"
	if gradient {
		name, signature = "squaresGradient", "func(gradient, x, y *float32, n int, scale float32) float64"
	}
	p := newPass(file, name, signature)
	sums := p.zeros(8 * passNumbers / vectorBytes)
	p.Loop(func(i int) {
		d, y := p.Load("x"), p.Load("y")
		p.sub(d, d, y)
		if gradient {
			p.Store(p.Times("scale", d), "gradient")
		}
		low, high := p.vector(), p.vector()
		p.widenLow(low, d)
		p.widenHigh(high, d)
		p.squareAddDouble(sums[2*i], low)
		p.squareAddDouble(sums[2*i+1], high)
	})
	for half := len(sums) / 2; half > 0; half /= 2 {
		for i := range half {
			p.addDouble(sums[i], sums[i], sums[half+i])
		}
	}
	p.addPairDouble(sums[0], sums[0])
	p.emit("FMOVD", "%s, %s", sums[0].f(), p.place("ret"))
	p.ret()
}

// columnSums generates the sums of some columns, each from the first row to the
// last. The sums take an even number of registers, vectors.
func columnSums(file *file, vectors int) {
	columns := vectors * vectorBytes / 8
	f := file.function(fmt.Sprintf("columnSums%d", columns), "func(sums, a *float32, stride, rows int)")
	to, a, stride, rows := f.argument("sums"), f.argument("a"), f.stride("stride"), f.argument("rows")
	sums := f.zeros(vectors)
	v, wide := f.vector(), f.vector()
	f.label("row")
	for i := 0; i < vectors; i += 2 {
		f.load(v, a, i/2*vectorBytes)
		f.widenLow(wide, v)
		f.addDouble(sums[i], sums[i], wide)
		f.widenHigh(wide, v)
		f.addDouble(sums[i+1], sums[i+1], wide)
	}
	f.addRegister(a, stride)
	f.subtract(rows, 1)
	f.jump("BNE", "row")
	for i := 0; i < vectors; i += 2 {
		f.narrowLow(v, sums[i])
		f.narrowHigh(v, sums[i+1])
		f.store(v, to, i/2*vectorBytes)
	}
	f.ret()
}
