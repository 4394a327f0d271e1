package main

import "math"

// elementWise generates the passes over numbers.
func elementWise(file *file) {
	inPlace(file, "addBias", func(p *pass, y, x vector) { p.add(y, y, x) })
	inPlace(file, "addBiasReLU", func(p *pass, y, x vector) {
		p.add(y, y, x)
		below := p.vector() // the processor's maximum would turn -0 to +0
		p.isBelow0(below, y)
		p.clearWhere(y, below)
	})
	reluGradient(file)
	scale(file)
	moveToward(file)
	squares(file, false)
	squares(file, true)
	sgd(file, "sgd", false, false)
	sgd(file, "momentum", true, false)
	sgd(file, "nesterov", true, true)
	adam(file)
}

// inPlace generates a pass that changes y, as changes its vectors, by x.
func inPlace(file *file, name string, change func(p *pass, y, x vector)) {
	p := newPass(file, name, "func(y, x *float32, n int)")
	p.loop(func(int) {
		y := p.take("y")
		change(p, y, p.take("x"))
		p.put(y, "y")
	})
	p.ret()
}

func reluGradient(file *file) {
	p := newPass(file, "reluGradient", "func(dx, dy, y *float32, n int)")
	p.loop(func(int) {
		v, zero := p.take("dy"), p.take("y")
		p.isZero(zero, zero)
		p.clearWhere(v, zero)
		p.put(v, "dx")
	})
	p.ret()
}

func scale(file *file) {
	p := newPass(file, "scale", "func(x *float32, n int, factor float32)")
	p.loop(func(int) { p.put(p.times("factor", p.take("x")), "x") })
	p.ret()
}

func moveToward(file *file) {
	p := newPass(file, "moveToward", "func(x, y *float32, n int, share float32)")
	p.loop(func(int) {
		x, difference := p.take("x"), p.take("y")
		p.sub(difference, difference, x)
		p.add(x, x, p.times("share", difference))
		p.put(x, "x")
	})
	p.ret()
}

// sgd generates a step of SGD: without momentum, with it, or with Nesterov's.
func sgd(file *file, name string, momentum, nesterov bool) {
	signature := "func(weights, gradient *float32, n int, rate, decay float32)"
	if momentum {
		signature = "func(weights, gradient, velocity *float32, n int, rate, decay, momentum float32)"
	}
	p := newPass(file, name, signature)
	p.loop(func(int) {
		w := p.take("weights")
		v := p.times("decay", w)
		p.add(v, p.take("gradient"), v)
		if momentum {
			g := v
			v = p.times("momentum", p.take("velocity"))
			p.add(v, v, g)
			p.put(v, "velocity")
			if nesterov {
				v = p.times("momentum", v)
				p.add(v, g, v)
			}
		}
		p.sub(w, w, p.times("rate", v))
		p.put(w, "weights")
	})
	p.ret()
}

// adam generates a step of Adam.
func adam(file *file) {
	p := newPass(file, "adam", "func(weights, gradient, first, second *float32, n int, shrink, decay, beta1, new1, beta2, new2, rate, correction, eps float32)")
	leastFirst, leastSecond := p.float32(math.Float32bits(0x1p-100)), p.float32(math.Float32bits(0x1p-126))
	flush := func(moment, least vector) {
		below := p.vector()
		p.isFurther(below, least, moment)
		p.clearWhere(moment, below)
	}
	p.loop(func(int) {
		w := p.times("shrink", p.take("weights"))
		g := p.times("decay", w)
		p.add(g, p.take("gradient"), g)

		first := p.times("beta1", p.take("first"))
		p.add(first, first, p.times("new1", g))
		flush(first, leastFirst)
		p.put(first, "first")

		square := p.times("new2", g)
		p.multiply(square, square, g)
		second := p.times("beta2", p.take("second"))
		p.add(second, second, square)
		flush(second, leastSecond)
		p.put(second, "second")

		divisor := p.vector()
		p.squareRoot(divisor, second)
		p.divide(divisor, divisor, p.constants["correction"])
		p.add(divisor, divisor, p.constants["eps"])
		step := p.times("rate", first)
		p.divide(step, step, divisor)
		p.sub(w, w, step)
		p.put(w, "weights")
	})
	p.ret()
}
