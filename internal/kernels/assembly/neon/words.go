package main

import "fmt"

// Instructions that Go's assembler does not know are written as the words that
// the processor reads, with what they say in the manual's syntax beside them.
// Source: Arm Architecture Reference Manual for A-profile, C7.2. The test of
// this file has a disassembler read the words.

func (f *function) word(word uint32, format string, arguments ...any) {
	fmt.Fprintf(&f.assembly, "\tWORD   $0x%08x // %s\n", word, fmt.Sprintf(format, arguments...))
}

// three appends an instruction of two operands n and m and a result d.
func (f *function) three(word uint32, name, shape string, d, n, m vector) {
	f.word(word|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.%s, v%d.%s, v%d.%s", name, d, shape, n, shape, m, shape)
}

// two appends an instruction of one operand n and a result d.
func (f *function) two(word uint32, name, shape string, d vector, operandShape string, n vector, tail string) {
	f.word(word|uint32(n)<<5|uint32(d), "%s v%d.%s, v%d.%s%s", name, d, shape, n, operandShape, tail)
}

// Four float32 operations at once.

func (f *function) add(d, n, m vector)      { f.three(0x4e20d400, "fadd", "4s", d, n, m) }
func (f *function) sub(d, n, m vector)      { f.three(0x4ea0d400, "fsub", "4s", d, n, m) }
func (f *function) multiply(d, n, m vector) { f.three(0x6e20dc00, "fmul", "4s", d, n, m) }
func (f *function) divide(d, n, m vector)   { f.three(0x6e20fc00, "fdiv", "4s", d, n, m) }
func (f *function) squareRoot(d, n vector)  { f.two(0x6ea1f800, "fsqrt", "4s", d, "4s", n, "") }

// multiplyAdd adds n times m to d, rounded once.
func (f *function) multiplyAdd(d, n, m vector) { f.emit("VFMLA", "%v.S4, %v.S4, %v.S4", m, n, d) }

// multiplyAddElement adds n times one number of m to d, rounded once.
func (f *function) multiplyAddElement(d, n, m vector, index int) {
	low, high := uint32(index&1)<<21, uint32(index>>1)<<11
	f.word(0x4f801000|low|high|uint32(m)<<16|uint32(n)<<5|uint32(d), "fmla v%d.4s, v%d.4s, v%d.s[%d]", d, n, m, index)
}

// fromIntegers makes float32 numbers of four unsigned integers.
func (f *function) fromIntegers(d, n vector) { f.two(0x6e21d800, "ucvtf", "4s", d, "4s", n, "") }

// Comparisons set all bits of a number of d where they hold, none elsewhere.
// None of them holds of NaN.

func (f *function) isZero(d, n vector)   { f.two(0x4ea0d800, "fcmeq", "4s", d, "4s", n, ", #0") }
func (f *function) isBelow0(d, n vector) { f.two(0x4ea0e800, "fcmlt", "4s", d, "4s", n, ", #0") }

// isFurther holds where n is further from zero than m.
func (f *function) isFurther(d, n, m vector) { f.three(0x6ea0ec00, "facgt", "4s", d, n, m) }

// clearWhere sets d to zero where mask's bits are set.
func (f *function) clearWhere(d, mask vector) { f.three(0x4e601c00, "bic", "16b", d, d, mask) }

// Two float64 operations at once.

func (f *function) addDouble(d, n, m vector) { f.three(0x4e60d400, "fadd", "2d", d, n, m) }

// squareAddDouble adds the square of n to d.
func (f *function) squareAddDouble(d, n vector) { f.emit("VFMLA", "%v.D2, %v.D2, %v.D2", n, n, d) }

// widenLow and widenHigh make float64 numbers of two of n's float32 ones.
func (f *function) widenLow(d, n vector)  { f.two(0x0e617800, "fcvtl", "2d", d, "2s", n, "") }
func (f *function) widenHigh(d, n vector) { f.two(0x4e617800, "fcvtl2", "2d", d, "4s", n, "") }

// narrowLow and narrowHigh set two of d's float32 numbers to n's float64 ones,
// rounded. narrowLow clears the other two.
func (f *function) narrowLow(d, n vector)  { f.two(0x0e616800, "fcvtn", "2s", d, "2d", n, "") }
func (f *function) narrowHigh(d, n vector) { f.two(0x4e616800, "fcvtn2", "4s", d, "2d", n, "") }

// addPair sets d to the sum of n's first two numbers.
func (f *function) addPair(d, n vector) {
	f.word(0x7e30d800|uint32(n)<<5|uint32(d), "faddp s%d, v%d.2s", d, n)
}

// addPairDouble sets d to the sum of n's two float64 numbers.
func (f *function) addPairDouble(d, n vector) {
	f.word(0x7e70d800|uint32(n)<<5|uint32(d), "faddp d%d, v%d.2d", d, n)
}
