package sample

import (
	"math"
	"math/rand/v2"
)

// side is the number of pixels along each edge of a picture.
const side = 32

// A color has the red, green and blue of a light, each from 0 to 1 if it can
// be shown.
type color struct{ r, g, b float32 }

// lit returns c under light of the given strength.
func (c color) lit(light float32) color { return color{c.r * light, c.g * light, c.b * light} }

// mix returns c mixed with d, whose share is 0 to 1.
func (c color) mix(d color, share float32) color {
	return color{c.r + (d.r-c.r)*share, c.g + (d.g-c.g)*share, c.b + (d.b-c.b)*share}
}

// A painter paints one image after another on its canvas.
type painter struct {
	stream *rand.PCG
	random *rand.Rand // draws from the image's stream
	clouds []cloud
	canvas [side * side]color

	// The pose maps a figure's coordinates, in which x points to its front and
	// y down from its middle, to those of the canvas: (xx*u + xy*v + x, yx*u +
	// yy*v + y).
	x, y, xx, xy, yx, yy float32
}

func newPainter(clouds []cloud) *painter {
	stream := rand.NewPCG(0, 0)
	return &painter{stream: stream, random: rand.New(stream), clouds: clouds}
}

// paint paints image number index of a set, which shows a class, into pixels.
func (p *painter) paint(set imageSet, index uint64, class picture, pixels []byte) {
	p.stream.Seed(uint64(set), index)
	scenes := class.home
	if p.random.Float32() < strangers {
		scenes = class.elsewhere
	}
	scene := scenes[p.random.IntN(len(scenes))]
	p.landscape(p.near(scene.above, 0.08), p.near(scene.below, 0.08), side*p.between(scene.horizon[0], scene.horizon[1]), p.between(-0.12, 0.12))
	p.drift(p.between(0.04, 0.16), p.near(color{}, 0.03))
	p.pose(p.between(10, 22), p.between(10, 22), p.between(7, 13))
	body := p.near(class.body[0].mix(class.body[1], p.random.Float32()), 0.08)
	for _, part := range class.figure {
		p.fill(body.lit(part.shade), part)
	}
	p.expose(pixels)
}

// between returns a random number from low to high, all equally likely.
func (p *painter) between(low, high float32) float32 {
	return low + (high-low)*p.random.Float32()
}

// near returns a color similar to c: each channel moves by up to spread, and
// all together by up to twice that.
func (p *painter) near(c color, spread float32) color {
	light := p.between(-2*spread, 2*spread)
	return color{
		c.r + light + p.between(-spread, spread),
		c.g + light + p.between(-spread, spread),
		c.b + light + p.between(-spread, spread),
	}
}

// landscape fills the canvas with one color above the horizon and another
// below. The horizon is a row; it slopes by slope rows for each column.
func (p *painter) landscape(above, below color, horizon, slope float32) {
	for i := range p.canvas {
		x, y := float32(i%side), float32(i/side)
		p.canvas[i] = above.mix(below, unit(y-horizon-slope*(x-side/2)+0.5))
	}
}

// drift applies one cloud to the canvas as light and another as color.
func (p *painter) drift(light float32, tint color) {
	lights, tints := p.view(), p.view()
	for i, c := range p.canvas {
		l, t := light*lights.at(i), tints.at(i)
		p.canvas[i] = color{c.r + l + tint.r*t, c.g + l + tint.g*t, c.b + l + tint.b*t}
	}
}

// pose places the next figure with its middle at (x, y) and size pixels to a
// unit, facing left or right, leaning a little, and somewhat longer or shorter
// than drawn.
func (p *painter) pose(x, y, size float32) {
	sin, cos := math.Sincos(float64(p.between(-0.3, 0.3)))
	width, height := size*p.between(0.75, 1.25), size*p.between(0.75, 1.25)
	if p.random.Float32() < 0.5 {
		width = -width
	}
	p.x, p.y = x, y
	p.xx, p.xy = float32(cos)*width, -float32(sin)*height
	p.yx, p.yy = float32(sin)*width, float32(cos)*height
}

// fill paints a part of a figure, lit from above, with an edge that is one
// pixel wide.
func (p *painter) fill(c color, part part) {
	// (u, v) are a pixel's coordinates in the part's own square from -1 to 1.
	scale := 1 / (p.xx*p.yy - p.xy*p.yx)
	middleX, middleY := p.xx*part.x+p.xy*part.y+p.x, p.yx*part.x+p.yy*part.y+p.y
	ux, uy := p.yy*scale/part.width, -p.xy*scale/part.width
	vx, vy := -p.yx*scale/part.height, p.xx*scale/part.height
	// Half of the part's extent on the canvas, rounded up.
	spanX := float32(math.Abs(float64(p.xx*part.width)) + math.Abs(float64(p.xy*part.height)))
	spanY := float32(math.Abs(float64(p.yx*part.width)) + math.Abs(float64(p.yy*part.height)))
	sharpness := min(spanX, spanY) / 2
	for y := max(int(middleY-spanY)-1, 0); y < min(int(middleY+spanY)+3, side); y++ {
		dy := float32(y) - middleY
		row := p.canvas[y*side:][:side]
		for x := max(int(middleX-spanX)-1, 0); x < min(int(middleX+spanX)+3, side); x++ {
			dx := float32(x) - middleX
			u, v := ux*dx+uy*dy, vx*dx+vy*dy
			inside := 1 - u*u - v*v
			if part.shape == box {
				inside = 1 - max(u*u, v*v)
			}
			if cover := unit(inside*sharpness + 0.5); cover > 0 {
				row[x] = row[x].mix(c.lit(1-0.3*v), cover)
			}
		}
	}
}

// expose writes the canvas to pixels as a camera would see it: with dappled
// light, exposure and a little noise, as three planes of bytes.
func (p *painter) expose(pixels []byte) {
	const grain = 5.0 / 128 // noise of up to five levels up or down
	light := p.view()
	gain, offset, dapple := 255*p.between(0.85, 1.12), 255*p.between(-0.05, 0.05)+0.5, p.between(0.1, 0.35)
	for i, c := range p.canvas {
		noise := p.stream.Uint64()
		strength := gain * (1 + dapple*light.at(i))
		pixels[i] = level(c.r*strength + offset + grain*float32(int8(noise)))
		pixels[side*side+i] = level(c.g*strength + offset + grain*float32(int8(noise>>8)))
		pixels[2*side*side+i] = level(c.b*strength + offset + grain*float32(int8(noise>>16)))
	}
}

// level limits v to the range of a byte.
func level(v float32) byte { return byte(min(max(int32(v), 0), 255)) }

// unit limits v to 0 to 1.
func unit(v float32) float32 { return min(max(v, 0), 1) }
