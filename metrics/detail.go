package metrics

// A Detail says how much of the images their reconstructions keep, separately
// for coarse and for fine structure. Each channel is cut into square blocks:
// the coarse part of an image is the mean of each block, the fine part is what
// is left within the blocks. The two are orthogonal, so their squared errors
// add up.
type Detail struct {
	Block int `json:"block"` // side of a block in pixels

	// CoarseKept and FineKept are the shares of the images' variance about
	// their mean image that the reconstructions explain, 1 - error/variance: 1
	// for perfect reconstructions, 0 for the mean image itself, negative for
	// worse ones.
	CoarseKept float64 `json:"coarse_kept"`
	FineKept   float64 `json:"fine_kept"`

	FineShare float64 `json:"fine_share"` // of the squared error, in [0, 1]
}

// detailBlock is the side of the blocks: means over 4x4 pixels still show what
// an image of 32x32 is of, but none of its edges and textures.
const detailBlock = 4

// A DetailMeter measures the [Detail] of reconstructions, one image after the
// other.
type DetailMeter struct {
	height, width  int
	count          int
	sums           []float64 // of each value over the originals
	squares, error energy    // sums over the images
}

// energy is a sum of squares, split into the coarse and the fine part.
type energy struct{ coarse, fine float64 }

// NewDetailMeter returns a meter for images of the given shape, stored channel
// by channel.
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

// Detail returns the detail of all images added so far.
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

// energy sums the squares of the block means, each counted once for every pixel
// of its block, and the squares of what is left within the blocks.
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
