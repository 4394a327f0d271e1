package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// blurred is an image of 2 channels of 6x10 with the pixels of each block of 4x4,
// smaller at the edges, in place of which stands their mean: a plain loop.
func blurred(image []float32) []float32 {
	means := make([]float32, len(image))
	for i := range image {
		channel, y, x := i/60, i%60/10, i%10
		sum, count := 0.0, 0.0
		for row := y / 4 * 4; row < min(y/4*4+4, 6); row++ {
			for column := x / 4 * 4; column < min(x/4*4+4, 10); column++ {
				sum, count = sum+float64(image[channel*60+row*10+column]), count+1
			}
		}
		means[i] = float32(sum / count)
	}
	return means
}

func TestDetail(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	images := make([][]float32, 50)
	for i := range images {
		images[i] = make([]float32, 120)
		for p := range images[i] {
			images[i][p] = random.Float32()
		}
	}
	mean := make([]float32, 120)
	for p := range mean {
		for _, image := range images {
			mean[p] += image[p] / float32(len(images))
		}
	}
	// meanAndBlocks is the mean image's fine part below the image's coarse one.
	meanAndBlocks := func(image []float32) []float32 {
		restored, coarse, coarseMean := make([]float32, len(image)), blurred(image), blurred(mean)
		for p := range restored {
			restored[p] = mean[p] - coarseMean[p] + coarse[p]
		}
		return restored
	}
	halfway := func(image []float32) []float32 {
		restored := make([]float32, len(image))
		for p := range restored {
			restored[p] = (mean[p] + image[p]) / 2
		}
		return restored
	}
	for _, c := range []struct {
		name    string
		restore func([]float32) []float32
		want    Detail
	}{
		{"the image itself", func(image []float32) []float32 { return image }, Detail{4, 1, 1, 0}},
		{"the blocks alone", meanAndBlocks, Detail{4, 1, 0, 1}},
		{"halfway from the mean image", halfway, Detail{4, 0.75, 0.75, math.NaN()}},
		{"the mean image", func([]float32) []float32 { return mean }, Detail{4, 0, 0, math.NaN()}},
	} {
		meter := NewDetailMeter(2, 6, 10)
		for _, image := range images {
			meter.Add(image, c.restore(image))
		}
		got := meter.Detail()
		if math.IsNaN(c.want.FineShare) {
			c.want.FineShare = fineShare(images, c.restore)
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-5)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

// fineShare is the share of the squared error that is not in the blocks' means.
func fineShare(images [][]float32, restore func([]float32) []float32) float64 {
	all, coarse := 0.0, 0.0
	for _, image := range images {
		difference := make([]float32, len(image))
		for p, restored := range restore(image) {
			difference[p] = image[p] - restored
		}
		for p, mean := range blurred(difference) {
			all, coarse = all+float64(difference[p])*float64(difference[p]), coarse+float64(mean)*float64(mean)
		}
	}
	return 1 - coarse/all
}
