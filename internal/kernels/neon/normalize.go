package main

import "math"

// normalize generates a pass from bytes to (byte/255 - mean)/std. It divides as on
// amd64 (Markstein: IA-64 and Elementary Functions, 2000): it multiplies by the
// divisor's inverse, computes the remainder of that quotient by a fused
// multiply-add, and corrects the quotient by it.
func normalize(file *file) {
	p := newPass(file, "normalize", "func(y *float32, bytes *byte, n int, mean, std, inverse float32)")
	bytes := p.argument("bytes")
	most, mostInverse := p.float32(math.Float32bits(255)), p.float32(math.Float32bits(1./255))
	divide := func(v, divisor, inverse vector) (quotient vector) {
		quotient = p.vector()
		p.multiply(quotient, v, inverse)
		p.multiplySubtract(v, divisor, quotient) // the remainder, exact
		p.multiplyAdd(quotient, inverse, v)
		return quotient
	}
	p.loop(func(int) {
		v := p.vector()
		p.loadBytes(v, bytes)
		v = divide(v, most, mostInverse)
		p.sub(v, v, p.constants["mean"])
		p.put(divide(v, p.constants["std"], p.constants["inverse"]), "y")
	})
	p.ret()
}
