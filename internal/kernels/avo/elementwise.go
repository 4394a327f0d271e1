package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// elementWise generates the passes that have one description for all widths.
func elementWise(s instructionSet) {
	add := func(p *pass, v reg.VecVirtual) { VADDPS(p.place("x"), v, v) }
	inPlace(s, "addBias", add)
	inPlace(s, "addBiasReLU", func(p *pass, v reg.VecVirtual) { add(p, v); p.relu(v) })
	reluGradient(s)
	scale(s)
	moveToward(s)
	squares(s, false)
	squares(s, true)
	sgd(s, "sgd", false, false)
	sgd(s, "momentum", true, false)
	sgd(s, "nesterov", true, true)
	adam(s)
}

// inPlace generates a pass that changes y, as changes its vectors, by x.
func inPlace(s instructionSet, name string, change func(p *pass, v reg.VecVirtual)) {
	p := newPass(s, name, "func(y, x *float32, n int)")
	p.loop(func(int) {
		v := p.load("y")
		change(p, v)
		p.store(v, "y")
	})
	p.end()
}

func reluGradient(s instructionSet) {
	p := newPass(s, "reluGradient", "func(dx, dy, y *float32, n int)")
	p.loop(func(int) {
		v := p.load("dy")
		p.keep(v, p.load("y"), notEqual, p.zero())
		p.store(v, "dx")
	})
	p.end()
}

func scale(s instructionSet) {
	p := newPass(s, "scale", "func(x *float32, n int, factor float32)")
	p.loop(func(int) { p.store(p.times("factor", p.place("x")), "x") })
	p.end()
}

func moveToward(s instructionSet) {
	p := newPass(s, "moveToward", "func(x, y *float32, n int, share float32)")
	p.loop(func(int) {
		x, difference := p.load("x"), p.load("y")
		VSUBPS(x, difference, difference)
		VADDPS(p.times("share", difference), x, x)
		p.store(x, "x")
	})
	p.end()
}

// sgd generates a step of SGD: without momentum, with it, or with Nesterov's.
func sgd(s instructionSet, name string, momentum, nesterov bool) {
	signature := "func(weights, gradient *float32, n int, rate, decay float32)"
	if momentum {
		signature = "func(weights, gradient, velocity *float32, n int, rate, decay, momentum float32)"
	}
	p := newPass(s, name, signature)
	p.loop(func(int) {
		w := p.load("weights")
		v := p.times("decay", w)
		VADDPS(p.place("gradient"), v, v)
		if momentum {
			g := v
			v = p.times("momentum", p.place("velocity"))
			VADDPS(g, v, v)
			p.store(v, "velocity")
			if nesterov {
				v = p.times("momentum", v)
				VADDPS(g, v, v)
			}
		}
		VSUBPS(p.times("rate", v), w, w)
		p.store(w, "weights")
	})
	p.end()
}

// Limits that Adam's step compares the moments with, and what clears their signs.
var (
	magnitude   = ConstData("magnitude", U32(1<<31-1)) // all bits but the sign's
	leastFirst  = ConstData("leastFirst", F32(0x1p-100))
	leastSecond = ConstData("leastSecond", F32(0x1p-126))
)

// adam generates a step of Adam. It loads its constants from memory each time,
// because AVX2 has too few registers for all of them. That costs nothing: the
// processor waits for the divisions and the square root anyway.
func adam(s instructionSet) {
	p := newPass(s, "adam", "func(weights, gradient, first, second *float32, n int, shrink, decay, beta1, new1, beta2, new2, rate, correction, eps float32)")
	flush := func(moment reg.VecVirtual, least Mem) {
		magnitude := p.broadcast(magnitude)
		VANDPS(moment, magnitude, magnitude)
		p.keep(moment, magnitude, notLess, p.broadcast(least))
	}
	p.loop(func(int) {
		w := p.times("shrink", p.place("weights"))
		g := p.times("decay", w)
		VADDPS(p.place("gradient"), g, g)

		first := p.times("beta1", p.place("first"))
		VADDPS(p.times("new1", g), first, first)
		flush(first, leastFirst)
		p.store(first, "first")

		square := p.times("new2", g)
		VMULPS(g, square, square)
		second := p.times("beta2", p.place("second"))
		VADDPS(square, second, second)
		flush(second, leastSecond)
		p.store(second, "second")

		divisor := p.vector()
		VSQRTPS(second, divisor)
		VDIVPS(p.constant("correction"), divisor, divisor)
		VADDPS(p.constant("eps"), divisor, divisor)
		step := p.times("rate", first)
		VDIVPS(divisor, step, step)
		VSUBPS(step, w, w)
		p.store(w, "weights")
	})
	p.end()
}
