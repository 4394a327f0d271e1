package plots

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/palette"
)

// An Image is values to be shown as a picture: the planes of its channels one
// after the other, each row by row from the top. Three channels are red, green
// and blue, one is gray. 0 is dark and 1 bright.
type Image struct {
	Channels, Height, Width int
	Values                  []float32 // Channels x Height x Width
}

// planes is the number of channels of a color image.
const planes = 3

// check returns an error if the image cannot be drawn.
func (m Image) check() error {
	if m.Channels != 1 && m.Channels != planes || m.Height < 1 || m.Width < 1 {
		return fmt.Errorf("an image of %dx%dx%d values, want 1 or 3 channels of at least 1x1", m.Channels, m.Height, m.Width)
	}
	if want := m.Channels * m.Height * m.Width; len(m.Values) != want {
		return fmt.Errorf("%d values, want %d (%d planes of %dx%d)", len(m.Values), want, m.Channels, m.Width, m.Height)
	}
	for i, value := range m.Values {
		if !drawable(float64(value)) {
			return fmt.Errorf("value %d is %v, want a finite number", i, value)
		}
	}
	return nil
}

// Picture returns the image as it is shown, values below 0 as 0 and above 1 as 1.
func (m Image) Picture() image.Image { return m.plain().picture() }

// A view is an image with the range of values that is shown: low is black and high
// white, or the ends of colors if a single channel is shown in colors. Values beyond
// the range look like its ends.
type view struct {
	Image
	low, high float64
	colors    palette.ColorMap
}

func (m Image) plain() view { return view{m, 0, 1, nil} }

// signed shows values around 0, which is middle gray.
func (m Image) signed(strongest float64) view { return view{m, -strongest, strongest, nil} }

func (v view) picture() image.Image {
	picture, plane := image.NewRGBA(image.Rect(0, 0, v.Width, v.Height)), v.Height*v.Width
	shade := func(value float32) uint8 {
		return uint8(math.Round(255 * min(max((float64(value)-v.low)/(v.high-v.low), 0), 1)))
	}
	for i := range plane {
		var c color.Color
		if v.colors != nil {
			c, _ = v.colors.At(min(max(float64(v.Values[i]), v.low), v.high)) // within the map's range
		} else {
			r, g, b := shade(v.Values[i]), shade(v.Values[i%plane+plane*(1%v.Channels)]), shade(v.Values[i%plane+plane*(2%v.Channels)])
			c = color.RGBA{R: r, G: g, B: b, A: 0xFF}
		}
		picture.Set(i%v.Width, i/v.Width, c)
	}
	return picture
}

// clearMagnitude returns the magnitude below which all but one in fifty values lie.
// It gets the strongest color: if the largest value of all did, most would look gray.
// It is never 0, so that it can be the end of a range.
func clearMagnitude(values ...[]float32) float64 {
	var magnitudes []float64
	for _, value := range slices.Concat(values...) {
		magnitudes = append(magnitudes, math.Abs(float64(value)))
	}
	slices.Sort(magnitudes)
	if len(magnitudes) == 0 {
		return 1
	}
	for _, place := range []int{(len(magnitudes) - 1) * 49 / 50, len(magnitudes) - 1} {
		if clear := magnitudes[place]; clear > 0 {
			return clear
		}
	}
	return 1
}
