package plots

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// An Image is values to be shown as a picture: the planes of its channels one
// after the other, each row by row from the top. Three channels are red, green
// and blue, one is gray. 0 is dark and 1 bright.
type Image struct {
	Channels, Height, Width int
	Values                  []float32 // Channels x Height x Width
}

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

// like reports whether the images have the same shape.
func (m Image) like(other Image) bool {
	return m.Channels == other.Channels && m.Height == other.Height && m.Width == other.Width
}

// Picture returns the image as it is shown, values below 0 as 0 and above 1 as 1.
func (m Image) Picture() image.Image { return m.between(0, 1) }

// signed returns the image of values around 0, which is middle gray, between
// -strongest and strongest.
func (m Image) signed(strongest float64) image.Image {
	if strongest == 0 {
		strongest = 1 // any range around 0 does
	}
	return m.between(-strongest, strongest)
}

// between returns the image with dark at low and bright at high.
func (m Image) between(low, high float64) image.Image {
	picture, plane := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height)), m.Height*m.Width
	shade := func(value float32) uint8 {
		return uint8(math.Round(255 * min(max((float64(value)-low)/(high-low), 0), 1)))
	}
	for i := range plane {
		c := color.RGBA{A: 0xFF}
		c.R = shade(m.Values[i])
		c.G, c.B = c.R, c.R
		if m.Channels == planes {
			c.G, c.B = shade(m.Values[plane+i]), shade(m.Values[2*plane+i])
		}
		picture.SetRGBA(i%m.Width, i/m.Width, c)
	}
	return picture
}
