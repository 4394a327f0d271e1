package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// passNumbers is how many numbers an element-wise pass computes before it jumps,
// whatever the registers' width: it takes multiples of them only.
const passNumbers = 32

// A pass is an element-wise pass being generated: a function of slices of n
// numbers and of constants. It multiplies and adds one by one, never fused, so
// that its bits are those of the plain Go code.
type pass struct {
	instructionSet
	slices map[string]reg.Register // each one's end
	at     reg.Register            // the bytes from there to the numbers in work, below zero
	disp   int                     // from at to the vector in work
}

// newPass begins a pass over slices of n numbers with constants beside them.
// does says what it does, in the words of its documentation.
func newPass(s instructionSet, name, does string, slices, constants []string) *pass {
	signature := "func(" + strings.Join(slices, ", ") + " *float32, n int"
	if constants != nil {
		signature += ", " + strings.Join(constants, ", ") + " float32"
	}
	return s.beginPass(name, does, slices, signature+")")
}

// beginPass loads a pass's slices.
func (s instructionSet) beginPass(name, does string, slices []string, signature string) *pass {
	name = fmt.Sprintf("%s%d", name, s.bytes/4)
	TEXT(name, NOSPLIT, signature)
	Doc(fmt.Sprintf("%s %s. n is a multiple of %d. It needs %s.", name, does, passNumbers, s.name))
	Pragma("noescape")
	p := &pass{instructionSet: s, slices: map[string]reg.Register{}, at: Load(Param("n"), GP64())}
	SHLQ(Imm(2), p.at)
	for _, slice := range slices {
		p.slices[slice] = Load(Param(slice), GP64())
		ADDQ(p.at, p.slices[slice])
	}
	NEGQ(p.at)
	return p
}

// loop generates the pass's loop. vector is its body for vector i of passNumbers.
func (p *pass) loop(vector func(i int)) {
	Label("numbers")
	for i := range 4 * passNumbers / p.bytes {
		p.disp = i * p.bytes
		vector(i)
	}
	ADDQ(I32(4*passNumbers), p.at)
	JNE(LabelRef("numbers"))
}

func (p *pass) end() {
	VZEROUPPER()
	RET()
}

// place is where the vector in work lies in a slice.
func (p *pass) place(slice string) Mem {
	return Mem{Base: p.slices[slice], Index: p.at, Scale: 1, Disp: p.disp}
}

// load returns the vector in work of a slice.
func (p *pass) load(slice string) reg.VecVirtual {
	v := p.vector()
	VMOVUPS(p.place(slice), v)
	return v
}

func (p *pass) store(v reg.VecVirtual, slice string) { VMOVUPS(v, p.place(slice)) }

// constant returns a vector of a constant argument.
func (p *pass) constant(name string) reg.VecVirtual {
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

// times returns a constant times a vector or the place of one.
func (p *pass) times(constant string, v Op) reg.VecVirtual {
	product := p.constant(constant)
	VMULPS(v, product, product)
	return product
}

// The comparisons' numbers in VCMPPS, which hold of NaN too.
const notEqual, notLess = 0x04, 0x15

// keep sets v to zero except where x compares so with y.
func (p *pass) keep(v reg.VecVirtual, x reg.VecVirtual, comparison uint64, y reg.VecVirtual) {
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

// relu sets v to max(0, v). The processor's maximum is its second operand where
// one is NaN and where both are zeros: so NaN and -0 stay.
func (p *pass) relu(v reg.VecVirtual) { VMAXPS(v, p.zero(), v) }

// elementWise generates the passes that have one description for all widths.
func elementWise(s instructionSet) {
	add := func(p *pass, v reg.VecVirtual) { VADDPS(p.place("x"), v, v) }
	inPlace(s, "addBias", "adds x to y", add)
	inPlace(s, "subtract", "subtracts x from y", func(p *pass, v reg.VecVirtual) { VSUBPS(p.place("x"), v, v) })
	inPlace(s, "addBiasReLU", "sets y to max(0, y + x)", func(p *pass, v reg.VecVirtual) { add(p, v); p.relu(v) })
	relu(s)
	reluGradient(s)
	scale(s)
	squares(s, false)
	squares(s, true)
	sgd(s, "sgd", false, false)
	sgd(s, "momentum", true, false)
	sgd(s, "nesterov", true, true)
	adam(s)
}

// inPlace generates a pass that changes y, as changes its vectors, by x.
func inPlace(s instructionSet, name, does string, change func(p *pass, v reg.VecVirtual)) {
	p := newPass(s, name, does, []string{"y", "x"}, nil)
	p.loop(func(int) {
		v := p.load("y")
		change(p, v)
		p.store(v, "y")
	})
	p.end()
}

func relu(s instructionSet) {
	p := newPass(s, "relu", "sets y to max(0, x)", []string{"y", "x"}, nil)
	p.loop(func(int) {
		v := p.load("x")
		p.relu(v)
		p.store(v, "y")
	})
	p.end()
}

func reluGradient(s instructionSet) {
	p := newPass(s, "reluGradient", "sets dx to dy where y is not 0, and to 0 elsewhere", []string{"dx", "dy", "y"}, nil)
	p.loop(func(int) {
		v := p.load("dy")
		p.keep(v, p.load("y"), notEqual, p.zero())
		p.store(v, "dx")
	})
	p.end()
}

func scale(s instructionSet) {
	p := newPass(s, "scale", "multiplies x by a factor", []string{"x"}, []string{"factor"})
	p.loop(func(int) { p.store(p.times("factor", p.place("x")), "x") })
	p.end()
}

// sgd generates a step of SGD: without momentum, with it, or with Nesterov's.
func sgd(s instructionSet, name string, momentum, nesterov bool) {
	slices, constants := []string{"weights", "gradient"}, []string{"rate", "decay"}
	if momentum {
		slices, constants = append(slices, "velocity"), append(constants, "momentum")
	}
	p := newPass(s, name, "moves weights as SGD.Step says", slices, constants)
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

// Numbers Adam's step compares the moments with.
var (
	magnitude   = ConstData("magnitude", U32(1<<31-1)) // all bits but the sign's
	leastFirst  = ConstData("leastFirst", F32(0x1p-100))
	leastSecond = ConstData("leastSecond", F32(0x1p-126))
)

// adam generates a step of Adam. Its constants are taken from memory each time:
// the divisions and the square root leave time for that, and fewer registers
// would not hold them all.
func adam(s instructionSet) {
	p := newPass(s, "adam", "moves weights as Adam.Step says",
		[]string{"weights", "gradient", "first", "second"},
		[]string{"shrink", "decay", "beta1", "new1", "beta2", "new2", "rate", "correction", "eps"})
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
