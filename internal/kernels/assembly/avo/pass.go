package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"cifartrain/kernels/assembly/passes"
)

// passNumbers is how many numbers a pass takes at a time.
const passNumbers = passes.Numbers

// A pass implements passes.Pass. It loads its constants from memory each time, because
// AVX2 has too few registers for all of Adam's. That costs nothing: the processor waits
// for the divisions and the square root anyway.
type pass struct {
	instructionSet
	slices map[string]reg.Register // the address of each one's end
	at     reg.Register            // from there to the numbers the loop has come to, in bytes, negative
	disp   int                     // from those to the vector being computed, in bytes
}

// newPass begins a pass with the given signature: slices of n numbers come first.
func newPass(s instructionSet, name, signature string) *pass {
	function(fmt.Sprintf("%s%d", name, s.bytes/4), signature)
	slices, _, _ := strings.Cut(strings.TrimPrefix(signature, "func("), " *float32")
	p := &pass{instructionSet: s, slices: map[string]reg.Register{}, at: argument("n")}
	SHLQ(Imm(2), p.at)
	for _, slice := range strings.Split(slices, ", ") {
		p.slices[slice] = argument(slice)
		ADDQ(p.at, p.slices[slice])
	}
	NEGQ(p.at)
	return p
}

// Loop calls body to generate the code for each vector i of passNumbers.
func (p *pass) Loop(body func(i int)) {
	Label("numbers")
	for i := range 4 * passNumbers / p.bytes {
		p.disp = i * p.bytes
		body(i)
	}
	ADDQ(I32(4*passNumbers), p.at)
	JNE(LabelRef("numbers"))
}

func (p *pass) End() {
	VZEROUPPER()
	RET()
}

// Place is where the vector being computed lies in a slice.
func (p *pass) Place(slice string) Op {
	return Mem{Base: p.slices[slice], Index: p.at, Scale: 1, Disp: p.disp}
}

func (p *pass) Load(slice string) Op {
	v := p.vector()
	VMOVUPS(p.Place(slice), v)
	return v
}

func (p *pass) Store(v Op, slice string) { VMOVUPS(v, p.Place(slice)) }

func (p *pass) Constant(name string) Op {
	argument, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.broadcast(argument.Addr)
}

func (p *pass) broadcast(number Mem) reg.VecVirtual {
	v := p.vector()
	VBROADCASTSS(number, v)
	return v
}

// zero returns a vector of zeros.
func (s instructionSet) zero() reg.VecVirtual {
	v := s.vector()
	VXORPS(v.AsX(), v.AsX(), v.AsX()) // clears the whole register
	return v
}

func (p *pass) Times(constant string, v Op) Op {
	product := p.Constant(constant)
	VMULPS(v, product, product)
	return product
}

func (p *pass) Root(v Op) Op {
	root := p.vector()
	VSQRTPS(v, root)
	return root
}

func (p *pass) Add(v, x Op)      { VADDPS(x, v, v) }
func (p *pass) Subtract(v, x Op) { VSUBPS(x, v, v) }
func (p *pass) Multiply(v, x Op) { VMULPS(x, v, v) }
func (p *pass) Divide(v, x Op)   { VDIVPS(x, v, v) }

// The numbers of comparisons in VCMPPS. Both are true if one operand is NaN.
const notEqual, notLess = 0x04, 0x15

// keep sets v to zero except where the comparison of x with y is true.
func (p *pass) keep(v, x Op, comparison uint64, y Op) {
	if p.bytes == 64 {
		mask := K()
		VCMPPS(Imm(comparison), y, x, mask)
		VMOVAPS_Z(v, mask, v)
		return
	}
	mask := p.vector()
	VCMPPS(Imm(comparison), y, x, mask)
	VANDPS(mask, v, v)
}

func (p *pass) ClearWhereZero(v, at Op) { p.keep(v, at, notEqual, p.zero()) }

// Numbers in memory that ClearBelow compares with, and what clears their signs.
var (
	magnitude = ConstData("magnitude", U32(1<<31-1)) // all bits but the sign's
	least     = map[string]Mem{}
)

func (p *pass) ClearBelow(v Op, name string) {
	if _, ok := least[name]; !ok {
		least[name] = ConstData(name, F32(passes.Least[name]))
	}
	magnitude := p.broadcast(magnitude)
	VANDPS(v, magnitude, magnitude)
	p.keep(v, magnitude, notLess, p.broadcast(least[name]))
}

// ReLU uses that the processor's maximum returns its second operand if one operand is
// NaN or both are zeros, so that NaN and -0 stay as they are.
func (p *pass) ReLU(v Op) { VMAXPS(v, p.zero(), v) }
