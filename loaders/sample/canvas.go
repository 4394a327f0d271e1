package sample

import (
	"math"
	"math/rand/v2"
)

// side is the number of pixels along each edge of a picture.
const side = 32

// A colour is a light's red, green and blue, each 0 to 1 when it can be shown.
type colour struct{ r, g, b float32 }

// lit is c under light times as much light.
func (c colour) lit(light float32) colour {
	return colour{c.r * light, c.g * light, c.b * light}
}

// mix is c with a share of d, 0 to 1, laid over it.
func (c colour) mix(d colour, share float32) colour {
	return colour{c.r + (d.r-c.r)*share, c.g + (d.g-c.g)*share, c.b + (d.b-c.b)*share}
}

// A point is a place in an object's own coordinates: x runs towards its front,
// y down, and its middle is (0, 0).
type point struct{ x, y float32 }

// A painter paints one image after another on its canvas.
type painter struct {
	stream *rand.PCG
	random *rand.Rand // draws from stream
	clouds []cloud
	canvas [side * side]colour

	// The pose takes an object's coordinates to the canvas's:
	// (xx*x + xy*y + middle.x, yx*x + yy*y + middle.y).
	middle         point
	xx, xy, yx, yy float32
}

func newPainter(clouds []cloud) *painter {
	stream := rand.NewPCG(0, 0)
	return &painter{stream: stream, random: rand.New(stream), clouds: clouds}
}

// reseed puts the painter at the start of image index of set.
func (p *painter) reseed(set, index uint64) { p.stream.Seed(set, index) }

// between is a number from low to high, every one as likely.
func (p *painter) between(low, high float32) float32 {
	return low + (high-low)*p.random.Float32()
}

// chance is true with the probability given.
func (p *painter) chance(probability float32) bool { return p.random.Float32() < probability }

// near is a colour like c: its hue moves by up to spread a channel, its
// lightness by up to twice that.
func (p *painter) near(c colour, spread float32) colour {
	light := p.between(-2*spread, 2*spread)
	return colour{
		c.r + light + p.between(-spread, spread),
		c.g + light + p.between(-spread, spread),
		c.b + light + p.between(-spread, spread),
	}
}

// place poses the next object: its middle at (x, y), size pixels to its unit,
// facing left or right, leaning a little, somewhat longer or shorter than drawn.
func (p *painter) place(x, y, size float32) {
	sin, cos := math.Sincos(float64(p.between(-0.3, 0.3)))
	width, height := size*p.between(0.75, 1.25), size*p.between(0.75, 1.25)
	if p.chance(0.5) {
		width = -width
	}
	p.middle = point{x, y}
	p.xx, p.xy = float32(cos)*width, -float32(sin)*height
	p.yx, p.yy = float32(sin)*width, float32(cos)*height
}

// onCanvas is where the pose puts a point, in pixels.
func (p *painter) onCanvas(at point) point {
	return point{p.xx*at.x + p.xy*at.y + p.middle.x, p.yx*at.x + p.yy*at.y + p.middle.y}
}

// landscape fills the canvas: far above the horizon, ground below it, each a
// gradient from its top colour to its bottom colour. horizon is a row; it
// slopes by slope rows a column.
func (p *painter) landscape(far, ground [2]colour, horizon, slope float32) {
	for y := range side {
		height := float32(y) / (side - 1)
		above, below := far[0].mix(far[1], height), ground[0].mix(ground[1], height)
		row := p.canvas[y*side:][:side]
		depth := float32(y) - horizon + slope*side/2
		for x := range row {
			row[x] = above.mix(below, unit(depth+0.5))
			depth -= slope
		}
	}
}

// drift lays one cloud over the canvas as light and another as colour.
func (p *painter) drift(light float32, tint colour) {
	lights, tints := p.view(), p.view()
	for y := range side {
		row := p.canvas[y*side:][:side]
		lightRow, tintRow := lights.row(y), tints.row(y)
		for x, c := range row {
			l, t := light*lightRow[x], tintRow[x]
			row[x] = colour{c.r + l + tint.r*t, c.g + l + tint.g*t, c.b + l + tint.b*t}
		}
	}
}

// ellipse paints an ellipse of half-axes rx and ry, rounded by light from above.
func (p *painter) ellipse(c colour, at point, rx, ry float32) {
	middle := p.onCanvas(at)
	// Half the width and height of the ellipse's bounding box.
	spanX, spanY := hypot(p.xx*rx, p.xy*ry), hypot(p.yx*rx, p.yy*ry)
	left, right := pixelSpan(middle.x-spanX, middle.x+spanX)
	top, bottom := pixelSpan(middle.y-spanY, middle.y+spanY)
	// (u, v) are the pixel's coordinates in the ellipse's own unit circle.
	scale := 1 / (p.xx*p.yy - p.xy*p.yx)
	ux, uy := p.yy*scale/rx, -p.xy*scale/rx
	vx, vy := -p.yx*scale/ry, p.xx*scale/ry
	sharpness := min(spanX, spanY) / 2
	for y := top; y < bottom; y++ {
		dy := float32(y) - middle.y
		row := p.canvas[y*side:][:side]
		for x := left; x < right; x++ {
			dx := float32(x) - middle.x
			u, v := ux*dx+uy*dy, vx*dx+vy*dy
			// The edge is one pixel wide: 1 - u^2 - v^2 falls by 2/radius a pixel.
			cover := unit((1-u*u-v*v)*sharpness + 0.5)
			if cover > 0 {
				row[x] = row[x].mix(c.lit(1-0.3*v), cover)
			}
		}
	}
}

// polygon paints a convex polygon of at most six corners in one colour.
func (p *painter) polygon(c colour, corners ...point) {
	// Each edge is a line: the signed distance inwards is a*x + b*y + c.
	var edges [6]struct{ a, b, c float32 }
	low, high := point{side, side}, point{0, 0}
	turn := float32(1)
	if p.xx*p.yy-p.xy*p.yx < 0 {
		turn = -1 // a mirrored pose turns the corners' order round
	}
	last := p.onCanvas(corners[len(corners)-1])
	for i, corner := range corners {
		at := p.onCanvas(corner)
		dx, dy := at.x-last.x, at.y-last.y
		length := turn * max(hypot(dx, dy), 1e-3)
		edges[i].a, edges[i].b = -dy/length, dx/length
		edges[i].c = 0.5 - edges[i].a*at.x - edges[i].b*at.y
		low = point{min(low.x, at.x), min(low.y, at.y)}
		high = point{max(high.x, at.x), max(high.y, at.y)}
		last = at
	}
	left, right := pixelSpan(low.x, high.x)
	top, bottom := pixelSpan(low.y, high.y)
	for y := top; y < bottom; y++ {
		row := p.canvas[y*side:][:side]
		for x := left; x < right; x++ {
			cover := float32(1)
			for _, edge := range edges[:len(corners)] {
				cover = min(cover, edge.a*float32(x)+edge.b*float32(y)+edge.c)
			}
			if cover > 0 {
				row[x] = row[x].mix(c, cover)
			}
		}
	}
}

// limb paints a straight bar between two points, width thick at its start and
// half that at its end.
func (p *painter) limb(c colour, from, to point, width float32) {
	dx, dy := to.x-from.x, to.y-from.y
	length := hypot(dx, dy)
	sideX, sideY := -dy/length*width/2, dx/length*width/2
	p.polygon(c,
		point{from.x - sideX, from.y - sideY}, point{to.x - sideX/2, to.y - sideY/2},
		point{to.x + sideX/2, to.y + sideY/2}, point{from.x + sideX, from.y + sideY})
}

// expose writes the canvas to pixels as the camera sees it: dappled light,
// exposure, a grain of noise, and three planes of bytes.
func (p *painter) expose(pixels []byte) {
	const grain = 5.0 / 128 // noise of up to five levels each way
	light := p.view()
	gain := 255 * p.between(0.85, 1.12)
	offset := 255*p.between(-0.05, 0.05) + 0.5
	dapple := p.between(0.1, 0.35)
	red, green, blue := pixels[:side*side], pixels[side*side:][:side*side], pixels[2*side*side:][:side*side]
	for y := range side {
		row := light.row(y)
		for x, l := range row {
			i := y*side + x
			noise := p.stream.Uint64()
			strength := gain * (1 + dapple*l)
			c := p.canvas[i]
			red[i] = level(c.r*strength + offset + grain*float32(int8(noise)))
			green[i] = level(c.g*strength + offset + grain*float32(int8(noise>>8)))
			blue[i] = level(c.b*strength + offset + grain*float32(int8(noise>>16)))
		}
	}
}

// level is v cut to a byte's range.
func level(v float32) byte { return byte(min(max(int32(v), 0), 255)) }

// unit is v cut to 0 to 1.
func unit(v float32) float32 { return min(max(v, 0), 1) }

func hypot(x, y float32) float32 { return float32(math.Sqrt(float64(x*x + y*y))) }

// pixelSpan are the pixels that a soft edge from low to high can touch, as a
// half-open range within the canvas.
func pixelSpan(low, high float32) (from, to int) {
	return max(int(low)-1, 0), min(int(high)+3, side)
}
