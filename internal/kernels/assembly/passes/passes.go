// Package passes describes the element-wise passes of package kernels, once for the
// instructions of all processors.
package passes

// Numbers is how many numbers a pass computes before its loop jumps back, whatever the
// registers' width. A pass takes only multiples of it.
const Numbers = 32

// A Pass is an element-wise pass being generated: a function of slices of n numbers
// and of constants. It multiplies and adds one by one, never fused, so that its bits
// are those of the plain Go code. V is a register full of numbers.
type Pass[V any] interface {
	Loop(body func(i int)) // over Numbers at a time; body generates register i of them
	End()

	Load(slice string) V
	Place(slice string) V // is like Load, for an operand that no method changes
	Store(v V, slice string)
	Constant(name string) V
	Times(constant string, v V) V
	Root(v V) V

	// These change v.
	Add(v, x V)
	Subtract(v, x V)
	Multiply(v, x V)
	Divide(v, x V)
	ReLU(v V)               // leaves -0 and NaN as they are
	ClearWhereZero(v, at V) // may change at
	ClearBelow(v V, least string)
}

// Least are the limits nearer to zero than which Adam's moments become zero.
var Least = map[string]float32{"leastFirst": 0x1p-100, "leastSecond": 0x1p-126}

// Write generates the passes. begin begins one with its name and signature, in which
// slices of n numbers come first and constants last.
func Write[V any](begin func(name, signature string) Pass[V]) {
	write := func(name, signature string, body func(p Pass[V])) {
		p := begin(name, signature)
		p.Loop(func(int) { body(p) })
		p.End()
	}
	write("addBias", "func(y, x *float32, n int)", func(p Pass[V]) {
		y := p.Load("y")
		p.Add(y, p.Place("x"))
		p.Store(y, "y")
	})
	write("addBiasReLU", "func(y, x *float32, n int)", func(p Pass[V]) {
		y := p.Load("y")
		p.Add(y, p.Place("x"))
		p.ReLU(y)
		p.Store(y, "y")
	})
	write("reluGradient", "func(dx, dy, y *float32, n int)", func(p Pass[V]) {
		dy := p.Load("dy")
		p.ClearWhereZero(dy, p.Load("y"))
		p.Store(dy, "dx")
	})
	write("scale", "func(x *float32, n int, factor float32)", func(p Pass[V]) {
		p.Store(p.Times("factor", p.Place("x")), "x")
	})
	write("moveToward", "func(x, y *float32, n int, share float32)", func(p Pass[V]) {
		x, difference := p.Load("x"), p.Load("y")
		p.Subtract(difference, x)
		p.Add(x, p.Times("share", difference))
		p.Store(x, "x")
	})
	write("sgd", "func(weights, gradient *float32, n int, rate, decay float32)", func(p Pass[V]) { sgd(p, false, false) })
	const momentum = "func(weights, gradient, velocity *float32, n int, rate, decay, momentum float32)"
	write("momentum", momentum, func(p Pass[V]) { sgd(p, true, false) })
	write("nesterov", momentum, func(p Pass[V]) { sgd(p, true, true) })
	write("adam", "func(weights, gradient, first, second *float32, n int, shrink, decay, beta1, new1, beta2, new2, rate, correction, eps float32)", adam[V])
}

// sgd is a step of SGD: without momentum, with it, or with Nesterov's.
func sgd[V any](p Pass[V], momentum, nesterov bool) {
	w := p.Load("weights")
	v := p.Times("decay", w)
	p.Add(v, p.Place("gradient"))
	if momentum {
		g := v
		v = p.Times("momentum", p.Place("velocity"))
		p.Add(v, g)
		p.Store(v, "velocity")
		if nesterov {
			v = p.Times("momentum", v)
			p.Add(v, g)
		}
	}
	p.Subtract(w, p.Times("rate", v))
	p.Store(w, "weights")
}

// adam is a step of Adam.
func adam[V any](p Pass[V]) {
	w := p.Times("shrink", p.Place("weights"))
	g := p.Times("decay", w)
	p.Add(g, p.Place("gradient"))

	first := p.Times("beta1", p.Place("first"))
	p.Add(first, p.Times("new1", g))
	p.ClearBelow(first, "leastFirst")
	p.Store(first, "first")

	square := p.Times("new2", g)
	p.Multiply(square, g)
	second := p.Times("beta2", p.Place("second"))
	p.Add(second, square)
	p.ClearBelow(second, "leastSecond")
	p.Store(second, "second")

	divisor := p.Root(second)
	p.Divide(divisor, p.Constant("correction"))
	p.Add(divisor, p.Constant("eps"))
	step := p.Times("rate", first)
	p.Divide(step, divisor)
	p.Subtract(w, step)
	p.Store(w, "weights")
}
