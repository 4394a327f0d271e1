package metrics

// A Detail says how much of what images show their reconstructions keep, apart
// for what is coarse and for what is fine. Each channel is cut into square blocks:
// the coarse part of an image is the mean of each block, the fine part is what is
// left within the blocks. The two are orthogonal, so that squared errors add up.
type Detail struct {
	Block int `json:"block"` // pixels a side

	// CoarseKept and FineKept are the shares of the images' variance about their
	// mean image that the reconstructions explain, 1 - error/variance. They are 1
	// for perfect ones, 0 for the mean image itself, and may be below that.
	CoarseKept float64 `json:"coarse_kept"`
	FineKept   float64 `json:"fine_kept"`

	FineShare float64 `json:"fine_share"` // of the squared error, in [0, 1]
}

// detailBlock is the side of the blocks: a mean over 4x4 pixels still shows what
// an image of 32x32 is of, and none of its edges and textures.
const detailBlock = 4

// A DetailMeter measures the [Detail] of reconstructions, one after the other.
type DetailMeter struct {
	height, width  int
	count          int
	sums           []float64 // of the originals, value by value
	squares, error energy    // sums over the images
}

// energy is squared values by the part they belong to.
type energy struct{ coarse, fine float64 }

// NewDetailMeter returns a meter of images that are channels of the given size,
// one after the other.
func NewDetailMeter(channels, height, width int) *DetailMeter {
	return &DetailMeter{height: height, width: width, sums: make([]float64, channels*height*width)}
}

// Add counts an image (channels, height, width) and its reconstruction.
func (m *DetailMeter) Add(original, restored []float32) {
	m.count++
	image, difference := make([]float64, len(m.sums)), make([]float64, len(m.sums))
	for i, value := range original {
		image[i], difference[i] = float64(value), float64(value)-float64(restored[i])
		m.sums[i] += image[i]
	}
	m.squares = m.squares.plus(1, m.energy(image))
	m.error = m.error.plus(1, m.energy(difference))
}

// Detail is that of all images so far.
func (m *DetailMeter) Detail() Detail {
	mean := make([]float64, len(m.sums))
	for i, sum := range m.sums {
		mean[i] = sum / float64(max(1, m.count))
	}
	variance := m.squares.plus(-float64(m.count), m.energy(mean))
	d := Detail{Block: detailBlock, CoarseKept: 1 - ratio(m.error.coarse, variance.coarse), FineKept: 1 - ratio(m.error.fine, variance.fine)}
	if all := m.error.coarse + m.error.fine; all > 0 {
		d.FineShare = m.error.fine / all
	}
	return d
}

func (e energy) plus(factor float64, other energy) energy {
	return energy{e.coarse + factor*other.coarse, e.fine + factor*other.fine}
}

// energy sums up the squares of the block means, each as often as its block has
// pixels, and those of what is left within the blocks.
func (m *DetailMeter) energy(values []float64) (e energy) {
	for plane := 0; plane < len(values); plane += m.height * m.width {
		for top := 0; top < m.height; top += detailBlock {
			for left := 0; left < m.width; left += detailBlock {
				sum, squares, pixels := 0.0, 0.0, 0.0
				for y := top; y < min(top+detailBlock, m.height); y++ {
					for _, value := range values[plane+y*m.width+left : plane+y*m.width+min(left+detailBlock, m.width)] {
						sum, squares, pixels = sum+value, squares+value*value, pixels+1
					}
				}
				coarse := sum * sum / pixels
				e.coarse, e.fine = e.coarse+coarse, e.fine+max(0, squares-coarse)
			}
		}
	}
	return e
}
