package main

import (
	"math"
	"strings"

	"cifartrain/kernels/assembly/passes"
)

// passNumbers is how many numbers a pass takes at a time.
const passNumbers = passes.Numbers

// A pass implements passes.Pass.
type pass struct {
	*function
	slices    map[string]general // the addresses of the numbers the loop has come to
	order     []string           // the slices' names
	left      general            // how many numbers are left
	constants map[string]vector  // with the constant in every place, an argument or one of passes.Least
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
	if name == "adam" {
		for _, name := range []string{"leastFirst", "leastSecond"} {
			p.constants[name] = p.float32(math.Float32bits(passes.Least[name]))
		}
	}
	return p
}

// Loop calls body to generate the code for each vector i of passNumbers. All use the
// same registers.
func (p *pass) Loop(body func(i int)) {
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

func (p *pass) End() { p.ret() }

func (p *pass) Load(slice string) vector {
	v := p.vector()
	p.load(v, p.slices[slice], p.disp)
	return v
}

func (p *pass) Place(slice string) vector    { return p.Load(slice) }
func (p *pass) Store(v vector, slice string) { p.store(v, p.slices[slice], p.disp) }
func (p *pass) Constant(name string) vector  { return p.constants[name] }

func (p *pass) Times(constant string, v vector) vector {
	product := p.vector()
	p.multiply(product, p.constants[constant], v)
	return product
}

func (p *pass) Root(v vector) vector {
	root := p.vector()
	p.squareRoot(root, v)
	return root
}

func (p *pass) Add(v, x vector)      { p.add(v, v, x) }
func (p *pass) Subtract(v, x vector) { p.sub(v, v, x) }
func (p *pass) Multiply(v, x vector) { p.multiply(v, v, x) }
func (p *pass) Divide(v, x vector)   { p.divide(v, v, x) }

func (p *pass) ReLU(v vector) {
	below := p.vector() // the processor's maximum would turn -0 to +0
	p.isBelow0(below, v)
	p.clearWhere(v, below)
}

func (p *pass) ClearWhereZero(v, at vector) {
	p.isZero(at, at)
	p.clearWhere(v, at)
}

func (p *pass) ClearBelow(v vector, least string) {
	below := p.vector()
	p.isFurther(below, p.constants[least], v)
	p.clearWhere(v, below)
}
