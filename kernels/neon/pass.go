package main

import (
	"fmt"
	"strings"
)

// passNumbers is how many numbers an element-wise pass computes before it jumps,
// as on amd64: it takes multiples of them only.
const passNumbers = 32

// A pass is an element-wise pass being generated: a function of slices of n
// numbers and of constants. It multiplies and adds one by one, never fused, so
// that its bits are those of the plain Go code.
type pass struct {
	*function
	slices    map[string]general // where the numbers in work begin
	order     []string           // of the slices
	left      general            // how many numbers are left
	constants map[string]vector
	disp      int // from the numbers in work to the vector in work
}

// newPass begins a pass over slices of n numbers with constants beside them.
// does says what it does, in the words of its documentation.
func newPass(file *file, name, does string, slices, constants []string) *pass {
	signature := "func(" + strings.Join(slices, ", ") + " *float32, n int"
	if constants != nil {
		signature += ", " + strings.Join(constants, ", ") + " float32"
	}
	return beginPass(file, name, does, slices, constants, signature+")")
}

// beginPass loads a pass's slices and constants.
func beginPass(file *file, name, does string, slices, constants []string, signature string) *pass {
	p := &pass{
		function: file.function(name+"4", signature, fmt.Sprintf("%s. n is a multiple of %d.", does, passNumbers)),
		slices:   map[string]general{}, order: slices, constants: map[string]vector{},
	}
	for _, slice := range slices {
		p.slices[slice] = p.argument(slice)
	}
	p.left = p.argument("n")
	for _, constant := range constants {
		p.constants[constant] = p.constant(constant)
	}
	return p
}

// loop generates the pass's loop. body is that for vector i of passNumbers; the
// next may use its registers again.
func (p *pass) loop(body func(i int)) {
	p.label("numbers")
	taken := p.vectors
	for i := range 4 * passNumbers / vectorBytes {
		p.disp = i * vectorBytes
		body(i)
		p.vectors = taken
	}
	for _, slice := range p.order {
		p.addTo(p.slices[slice], 4*passNumbers)
	}
	p.subtract(p.left, passNumbers)
	p.jump("BNE", "numbers")
}

// take returns the vector in work of a slice.
func (p *pass) take(slice string) vector {
	v := p.vector()
	p.load(v, p.slices[slice], p.disp)
	return v
}

func (p *pass) put(v vector, slice string) { p.store(v, p.slices[slice], p.disp) }

// times returns a constant times a vector.
func (p *pass) times(constant string, v vector) vector {
	product := p.vector()
	p.multiply(product, p.constants[constant], v)
	return product
}
