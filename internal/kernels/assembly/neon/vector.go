package main

import "fmt"

// dotLanes is how many sums a dot product adds its products to in turn, as many as
// in ../avo/vector.go, so that its bits are the same.
const dotLanes = 64

// dot generates the dot product of two vectors. It adds in the order that dot in
// ../avo/vector.go describes.
func dot(to *file) {
	f := to.function("dot4", "func(a, b *float32, k int) float32")
	a, b, k := f.argument("a"), f.argument("b"), f.argument("k")
	sums := f.zeros(4 * dotLanes / vectorBytes)
	x, y := f.some(2), f.some(2)

	f.subtract(k, dotLanes)
	f.jump("BLT", "fold")
	f.label("lanes")
	for i := 0; i < len(sums); i += 2 {
		f.loadPair(x[0], x[1], a, i*vectorBytes)
		f.loadPair(y[0], y[1], b, i*vectorBytes)
		f.multiplyAdd(sums[i], x[0], y[0])
		f.multiplyAdd(sums[i+1], x[1], y[1])
	}
	f.addTo(a, 4*dotLanes)
	f.addTo(b, 4*dotLanes)
	f.subtract(k, dotLanes)
	f.jump("BGE", "lanes")

	f.label("fold")
	sum := sums[0]
	f.fold(sums, x[0])

	f.addComparing(k, dotLanes)
	f.jump("BEQ", "done")
	f.label("single")
	f.loadNumber(x[0], a)
	f.loadNumber(y[0], b)
	f.multiplyAddOne(sum, x[0], y[0])
	f.subtract(k, 1)
	f.jump("BNE", "single")
	f.label("done")
	f.emit("FMOVS", "%s, %s", sum.f(), f.place("ret"))
	f.ret()
}

// fold adds the sums of a dot product, the upper half to the lower half, until the
// first number of the first register is the total.
func (f *function) fold(sums []vector, spare vector) {
	for half := len(sums) / 2; half > 0; half /= 2 {
		for i := range half {
			f.add(sums[i], sums[i], sums[half+i])
		}
	}
	f.emit("VEXT", "$8, %v.B16, %v.B16, %v.B16", sums[0], sums[0], spare)
	f.add(sums[0], sums[0], spare)
	f.addPair(sums[0], sums[0])
}

// multiplyAddOne adds n times m, one number each, to d, rounded once.
func (f *function) multiplyAddOne(d, n, m vector) {
	f.emit("FMADDS", "%s, %s, %s, %s", m.f(), d.f(), n.f(), d.f())
}

const combineSignature = "func(y, x, b *float32, stride, k int)"

// combine generates some columns of the product of a vector and a matrix: a tile
// of one row that reads the matrix where it lies, without packing.
func combine(to *file, vectors int) {
	columns := vectors * vectorBytes / 4
	f := to.function(fmt.Sprintf("combine%d", columns), combineSignature)
	y, x, b := f.argument("y"), f.argument("x"), f.argument("b")
	stride, k := f.stride("stride"), f.argument("k")
	sums, factor, row := f.zeros(vectors), f.vector(), f.some(min(vectors, 8))
	f.label("row")
	f.loadNumber(factor, x)
	for i, sum := range sums {
		v := row[i%len(row)]
		f.load(v, b, i*vectorBytes)
		f.multiplyAddElement(sum, v, factor, 0)
	}
	f.addRegister(b, stride)
	f.subtract(k, 1)
	f.jump("BNE", "row")
	for i, sum := range sums {
		f.store(sum, y, i*vectorBytes)
	}
	f.ret()
}

// combineOne generates combine for a single column. It computes those that are too
// few to fill a register.
func combineOne(to *file) {
	f := to.function("combine1", combineSignature)
	y, x, b := f.argument("y"), f.argument("x"), f.argument("b")
	stride, k := f.stride("stride"), f.argument("k")
	sum, factor, v := f.zeros(1)[0], f.vector(), f.vector()
	f.label("row")
	f.loadNumber(factor, x)
	f.emit("FMOVS", "(%v), %s", b, v.f())
	f.multiplyAddOne(sum, v, factor)
	f.addRegister(b, stride)
	f.subtract(k, 1)
	f.jump("BNE", "row")
	f.emit("FMOVS", "%s, (%v)", sum.f(), y)
	f.ret()
}
