package pca_test

import (
	"math"
	"math/rand/v2"
)

// pictures are images in memory.
type pictures [][]byte

func (p pictures) Len() int            { return len(p) }
func (p pictures) Pixels(i int) []byte { return p[i] }

// draw returns images of rank fading patterns and a little noise.
func draw(seed uint64, count, pixels, rank int, noise float64) pictures {
	shapes := rand.New(rand.NewPCG(7, 7)) // the same for every seed
	patterns := make([]float64, rank*pixels)
	for i := range patterns {
		patterns[i] = shapes.NormFloat64()
	}
	random := rand.New(rand.NewPCG(seed, 8))
	images := make(pictures, count)
	for i := range images {
		x := make([]float64, pixels)
		for p := range x {
			x[p] = 120 + noise*random.NormFloat64()
		}
		for r := range rank {
			strength := 25 * math.Pow(0.8, float64(r)) * random.NormFloat64()
			for p := range x {
				x[p] += strength * patterns[r*pixels+p]
			}
		}
		images[i] = make([]byte, pixels)
		for p := range x {
			images[i][p] = byte(min(255, max(0, math.Round(x[p]))))
		}
	}
	return images
}

// oneHot returns images of one white pixel each: all their variances are equal,
// which no product with the covariance tells apart.
func oneHot(pixels int) pictures {
	images := make(pictures, pixels)
	for i := range images {
		images[i] = make([]byte, pixels)
		images[i][i] = 255
	}
	return images
}

// uniform returns images that are all the same.
func uniform(count, pixels int) pictures {
	images := make(pictures, count)
	for i := range images {
		images[i] = make([]byte, pixels)
		for p := range images[i] {
			images[i][p] = byte(31 * p)
		}
	}
	return images
}

// sparse returns noise in which every fourth image is black.
func sparse(count, pixels int) pictures {
	images := draw(1, count, pixels, 6, 3)
	for i := 0; i < count; i += 4 {
		images[i] = make([]byte, pixels)
	}
	return images
}
