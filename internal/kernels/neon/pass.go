package main

import "strings"

// passNumbers is how many numbers an element-wise pass computes before its loop
// jumps back, as many as on amd64. A pass takes only multiples of it.
const passNumbers = 32

// A pass is an element-wise pass being generated: a function of slices of n
// numbers and of constants. It multiplies and adds one by one, never fused, so
// that its bits are those of the plain Go code.
type pass struct {
	*function
	slices    map[string]general // the addresses of the numbers the loop has come to
	order     []string           // the slices' names
	left      general            // how many numbers are left
	constants map[string]vector  // with the constant in every place
	disp      int                // from those addresses to the vector being computed, in bytes
}

// newPass begins a pass with the given signature: slices of n numbers come first,
// constants last.
func newPass(file *file, name, signature string) *pass {
	p := &pass{function: file.function(name+"4", signature), slices: map[string]general{}, constants: map[string]vector{}}
	slices, _, _ := strings.Cut(strings.TrimPrefix(signature, "func("), " *float32")
	p.order = strings.Split(slices, ", ")
	for _, slice := range p.order {
		p.slices[slice] = p.argument(slice)
	}
	p.left = p.argument("n")
	_, constants, _ := strings.Cut(signature, "n int, ")
	if constants, _, found := strings.Cut(constants, " float32"); found {
		for constant := range strings.SplitSeq(constants, ", ") {
			p.constants[constant] = p.constant(constant)
		}
	}
	return p
}

// loop generates the pass's loop over passNumbers at a time. It calls body to
// generate the code for each vector i of them, which all use the same registers.
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

// take loads the vector being computed from a slice, put stores it to one.
func (p *pass) take(slice string) vector {
	v := p.vector()
	p.load(v, p.slices[slice], p.disp)
	return v
}

func (p *pass) put(v vector, slice string) { p.store(v, p.slices[slice], p.disp) }

// times multiplies a vector by a constant argument.
func (p *pass) times(constant string, v vector) vector {
	product := p.vector()
	p.multiply(product, p.constants[constant], v)
	return product
}
