package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The inverse of 255 as the sum of two numbers.
var (
	mostHigh = ConstData("mostHigh", F32(float32(1./255)))
	mostLow  = ConstData("mostLow", F32(float32(1./255-float64(float32(1./255)))))
)

// A pixelReader turns bytes into pixels in registers: (byte/255 - mean)/std less
// the mean image. Instead of dividing it multiplies with the inverse, given as the
// sum of a number and a much smaller one: it multiplies with the smaller one first
// and adds the other product with a fused multiply-add. PixelTables.Multiplies
// says whether that gives the quotients' bits.
type pixelReader struct {
	instructionSet
	mostHigh, mostLow, mean, high, low reg.VecVirtual
}

func newPixelReader(s instructionSet) *pixelReader {
	r := &pixelReader{s, s.vector(), s.vector(), s.vector(), s.vector(), s.vector()}
	VBROADCASTSS(mostHigh, r.mostHigh)
	VBROADCASTSS(mostLow, r.mostLow)
	return r
}

// channel loads a channel's mean and the two parts of the inverse of its std.
func (r *pixelReader) channel(scale reg.Register) {
	for i, v := range []reg.VecVirtual{r.mean, r.high, r.low} {
		VBROADCASTSS(Mem{Base: scale, Disp: 4 * i}, v)
	}
}

// read returns the pixels of as many bytes as a register holds numbers.
func (r *pixelReader) read(bytes, meanImage Op) reg.VecVirtual {
	v, pixel := r.vector(), r.vector()
	VPMOVZXBD(bytes, v)
	VCVTDQ2PS(v, v)
	VMULPS(r.mostLow, v, pixel)
	VFMADD231PS(r.mostHigh, v, pixel)
	VSUBPS(r.mean, pixel, pixel)
	VMULPS(r.low, pixel, v)
	VFMADD231PS(r.high, pixel, v)
	VSUBPS(meanImage, v, v)
	return v
}

// normalize generates a pass from the bytes of a channel to its pixels.
func normalize(s instructionSet) {
	p := newPass(s, "normalize", "func(y, mean *float32, n int, bytes *byte, scale *float32)")
	bytes, reader := argument("bytes"), newPixelReader(s)
	reader.channel(argument("scale"))
	p.Loop(func(int) {
		p.Store(reader.read(Mem{Base: bytes}, p.Place("mean")), "y")
		ADDQ(Imm(uint64(s.bytes/4)), bytes)
	})
	p.End()
}

// dotImage generates the dot product of an image and a vector, with the sums of
// dot. The image has blocks of dotLanes bytes in each channel; mean is what is
// subtracted from a block's pixels, meanStep numbers from the block before; scales are
// three numbers a channel. Meanwhile the caches fetch the image next.
func dotImage(s instructionSet) {
	function(fmt.Sprintf("dotImage%d", s.bytes/4), "func(bytes, next *byte, x, mean *float32, meanStep, channels, blocks int, scales *float32) float32")
	bytes, next, x, mean := argument("bytes"), argument("next"), argument("x"), argument("mean")
	meanStep, channels, scales := argument("meanStep"), argument("channels"), argument("scales")
	SHLQ(Imm(2), meanStep)
	sums := s.sums(4 * dotLanes / s.bytes)
	reader := newPixelReader(s)
	Label("channel")
	reader.channel(scales)
	blocks := argument("blocks")
	Label("block")
	PREFETCHT0(Mem{Base: next})
	for i, sum := range sums {
		pixels := reader.read(Mem{Base: bytes, Disp: i * s.bytes / 4}, Mem{Base: mean, Disp: i * s.bytes})
		VFMADD231PS(Mem{Base: x, Disp: i * s.bytes}, pixels, sum)
	}
	ADDQ(I32(dotLanes), bytes)
	ADDQ(I32(dotLanes), next)
	ADDQ(I32(4*dotLanes), x)
	ADDQ(meanStep, mean)
	DECQ(blocks)
	JNE(LabelRef("block"))
	ADDQ(Imm(12), scales)
	DECQ(channels)
	JNE(LabelRef("channel"))
	sum := s.fold(sums)
	VZEROUPPER()
	Store(sum, ReturnIndex(0))
	RET()
}

// combineImages generates some columns of the product of a vector and a matrix
// whose rows are images, with the sums of combine: dotLanes columns from column on,
// of images all in one channel.
func combineImages(s instructionSet) {
	function(fmt.Sprintf("combineImages%d", s.bytes/4), "func(y, x *float32, images **byte, column, k int, mean, scale *float32)")
	y, x, images, column := argument("y"), argument("x"), argument("images"), argument("column")
	k, mean, scale := argument("k"), argument("mean"), argument("scale")
	sums := s.sums(4 * dotLanes / s.bytes)
	reader := newPixelReader(s)
	reader.channel(scale)
	bytes := GP64()
	Label("image")
	MOVQ(Mem{Base: images}, bytes)
	factor := s.vector()
	VBROADCASTSS(Mem{Base: x}, factor)
	for i, sum := range sums {
		pixels := reader.read(Mem{Base: bytes, Index: column, Scale: 1, Disp: i * s.bytes / 4}, Mem{Base: mean, Disp: i * s.bytes})
		VFMADD231PS(pixels, factor, sum)
	}
	ADDQ(Imm(8), images)
	ADDQ(Imm(4), x)
	DECQ(k)
	JNE(LabelRef("image"))
	for i, sum := range sums {
		VMOVUPS(sum, Mem{Base: y, Disp: i * s.bytes})
	}
	VZEROUPPER()
	RET()
}
