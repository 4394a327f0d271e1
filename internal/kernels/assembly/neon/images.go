package main

import "math"

// A pixelReader turns bytes into pixels in registers: (byte/255 - mean)/std less
// the mean image. Instead of dividing it multiplies with the inverse, given as the
// sum of a number and a much smaller one, as pixelReader in ../avo/images.go describes.
type pixelReader struct {
	*function
	mostHigh, mostLow, mean, high, low vector
	pixels, spare                      vector
}

func newPixelReader(f *function) *pixelReader {
	high := float32(1. / 255)
	return &pixelReader{
		f, f.float32(math.Float32bits(high)), f.float32(math.Float32bits(float32(1./255 - float64(high)))),
		f.vector(), f.vector(), f.vector(), f.vector(), f.vector(),
	}
}

// channel loads a channel's mean and the two parts of the inverse of its std, and
// moves scale to the next channel's.
func (r *pixelReader) channel(scale general) {
	for _, v := range []vector{r.mean, r.high, r.low} {
		r.emit("VLD1R.P", "4(%v), [%v.S4]", scale, v)
	}
}

// read returns the pixels of four bytes and moves bytes behind them.
func (r *pixelReader) read(bytes, meanImage general, disp int) vector {
	r.loadBytes(r.pixels, bytes)
	r.multiply(r.spare, r.pixels, r.mostLow)
	r.multiplyAdd(r.spare, r.pixels, r.mostHigh)
	r.sub(r.spare, r.spare, r.mean)
	r.multiply(r.pixels, r.spare, r.low)
	r.multiplyAdd(r.pixels, r.spare, r.high)
	r.load(r.spare, meanImage, disp)
	r.sub(r.pixels, r.pixels, r.spare)
	return r.pixels
}

// loadBytes sets v to four bytes as float32 numbers and moves bytes behind them.
func (f *function) loadBytes(v vector, bytes general) {
	f.loadNumber(v, bytes) // whose 32 bits are the four bytes
	f.emit("VUXTL", "%v.B8, %v.H8", v, v)
	f.emit("VUXTL", "%v.H4, %v.S4", v, v)
	f.fromIntegers(v, v)
}

// normalize generates a pass from the bytes of a channel to its pixels.
func normalize(file *file) {
	p := newPass(file, "normalize", "func(y, mean *float32, n int, bytes *byte, scale *float32)")
	bytes, reader := p.argument("bytes"), newPixelReader(p.function)
	reader.channel(p.argument("scale"))
	p.Loop(func(int) { p.Store(reader.read(bytes, p.slices["mean"], p.disp), "y") })
	p.ret()
}

// dotImage generates the dot product of an image and a vector, with the sums of dot. Its
// arguments are those that dotImage in ../avo/images.go describes. Meanwhile the caches
// fetch the image next.
func dotImage(to *file) {
	f := to.function("dotImage4", "func(bytes, next *byte, x, mean *float32, meanStep, channels, blocks int, scales *float32) float32")
	bytes, next, x, mean := f.argument("bytes"), f.argument("next"), f.argument("x"), f.argument("mean")
	meanStep, channels, scales, blocks := f.stride("meanStep"), f.argument("channels"), f.argument("scales"), f.general()
	reader, factors, sums := newPixelReader(f), f.vector(), f.zeros(4*dotLanes/vectorBytes)
	f.label("channel")
	reader.channel(scales)
	f.emit("MOVD", "%s, %v", f.place("blocks"), blocks)
	f.label("block")
	f.emit("PRFM", "(%v), PLDL1KEEP", next)
	for i, sum := range sums {
		pixels := reader.read(bytes, mean, i*vectorBytes)
		f.load(factors, x, i*vectorBytes)
		f.multiplyAdd(sum, pixels, factors)
	}
	f.addTo(x, 4*dotLanes)
	f.addTo(next, dotLanes)
	f.addRegister(mean, meanStep)
	f.subtract(blocks, 1)
	f.jump("BNE", "block")
	f.subtract(channels, 1)
	f.jump("BNE", "channel")
	f.fold(sums, factors)
	f.emit("FMOVS", "%s, %s", sums[0].f(), f.place("ret"))
	f.ret()
}

// combineImages generates some columns of the product of a vector and a matrix
// whose rows are images, with the sums of combine: dotLanes columns from column on,
// of images all in one channel.
func combineImages(to *file) {
	f := to.function("combineImages4", "func(y, x *float32, images **byte, column, k int, mean, scale *float32)")
	y, x, images := f.argument("y"), f.argument("x"), f.argument("images")
	column, k := f.argument("column"), f.argument("k")
	mean, scale, bytes := f.argument("mean"), f.argument("scale"), f.general()
	reader, factor, sums := newPixelReader(f), f.vector(), f.zeros(4*dotLanes/vectorBytes)
	reader.channel(scale)
	f.label("image")
	f.emit("MOVD.P", "8(%v), %v", images, bytes)
	f.addRegister(bytes, column)
	f.loadNumber(factor, x)
	for i, sum := range sums {
		f.multiplyAddElement(sum, reader.read(bytes, mean, i*vectorBytes), factor, 0)
	}
	f.subtract(k, 1)
	f.jump("BNE", "image")
	for i, sum := range sums {
		f.store(sum, y, i*vectorBytes)
	}
	f.ret()
}
