package sample

import (
	"math"
	"math/rand/v2"
)

// cloudSide is the edge of a cloud. It is much longer than an image's, so that
// a few clouds offer very many different views.
const cloudSide = 128

// A cloud is a smooth random field of mean 0 and variance 1 whose opposite
// edges meet. As in natural pictures, its variation is larger at larger scales.
type cloud *[cloudSide * cloudSide]float32

// newClouds draws the clouds that all images share.
func newClouds() []cloud {
	clouds := make([]cloud, 12)
	for i := range clouds {
		clouds[i] = newCloud(rand.New(rand.NewPCG(0, uint64(i))))
	}
	return clouds
}

// newCloud starts with coarse noise and repeatedly doubles its side, each time
// adding finer noise with less weight.
func newCloud(random *rand.Rand) cloud {
	const coarsest, fading = 8, 0.72
	field := make([]float32, coarsest*coarsest)
	weight := float32(1)
	for side := coarsest; ; side *= 2 {
		for i := range field {
			field[i] += weight * float32(random.NormFloat64())
		}
		if side == cloudSide {
			break
		}
		field = doubled(field, side)
		weight *= fading
	}
	var sum, squares float64
	for _, v := range field {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	mean := sum / float64(len(field))
	deviation := math.Sqrt(squares/float64(len(field)) - mean*mean)
	for i, v := range field {
		field[i] = float32((float64(v) - mean) / deviation)
	}
	return cloud(field)
}

// doubled returns a field of the given side at twice the resolution: each value
// is 3/4 of the nearest and 1/4 of the second nearest along both axes.
func doubled(field []float32, side int) []float32 {
	double := make([]float32, 4*len(field))
	for y := range 2 * side {
		near, next := y/2*side, (y/2+2*(y%2)-1+side)%side*side
		for x := range 2 * side {
			left, right := x/2, (x/2+2*(x%2)-1+side)%side
			double[y*2*side+x] = (9*field[near+left] + 3*field[near+right] + 3*field[next+left] + field[next+right]) / 16
		}
	}
	return double
}

// A view is an image-sized window on a cloud.
type view struct {
	cloud  cloud
	corner int
}

// view returns a window on a random part of a random cloud.
func (p *painter) view() view {
	x, y := p.random.IntN(cloudSide-side), p.random.IntN(cloudSide-side)
	return view{p.clouds[p.random.IntN(len(p.clouds))], y*cloudSide + x}
}

// at is the view's value for pixel i of an image.
func (v view) at(i int) float32 { return v.cloud[v.corner+i/side*cloudSide+i%side] }
