package plots

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"
)

// photo is an image in CIFAR-10's shape.
func photo(values []float32) Image { return Image{Channels: 3, Height: 32, Width: 32, Values: values} }

// flat returns an image of one value.
func flat(value float32) Image { return photo(slices.Repeat([]float32{value}, 3072)) }

// flatPairs returns so many pairs whose reconstructions hold a single other value.
func flatPairs(n int, name string, low, high float32) []Reconstruction {
	pairs := make([]Reconstruction, n)
	for i := range pairs {
		pairs[i] = Reconstruction{Name: name, Original: flat(1), Reconstructed: flat(low)}
		pairs[i].Reconstructed.Values[i] = high
	}
	return pairs
}

// areaOf returns the smallest rectangle around the points of one color and how
// many points it holds of it.
func areaOf(picture image.Image, wanted color.RGBA) (area image.Rectangle, count int) {
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if color.RGBAModel.Convert(picture.At(x, y)) == wanted {
				area = area.Union(image.Rect(x, y, x+1, y+1))
				count++
			}
		}
	}
	return area, count
}

// TestPixelsAreSharpSquares draws one red pixel in the original and one that
// is far greener than green in the reconstruction, each among zeros: both must
// be pure squares, as far from their image's corner as they are in the values.
func TestPixelsAreSharpSquares(t *testing.T) {
	const red, green = 32*5 + 9, 1024 + 32*20 + 30
	for _, test := range []struct{ pairs, side int }{{1, 10}, {4, 10}, {5, 5}, {16, 5}, {17, 3}, {64, 3}} {
		pairs := make([]Reconstruction, test.pairs)
		for i := range pairs {
			pairs[i] = Reconstruction{Original: flat(0), Reconstructed: flat(-3)}
		}
		pairs[0].Original.Values[red], pairs[0].Reconstructed.Values[green] = 1, 7.5
		var file bytes.Buffer
		if err := Reconstructions(&file, shortCaption, pairs); err != nil {
			t.Fatal(err)
		}
		picture := must(png.Decode(&file))
		for _, square := range []struct {
			color       color.RGBA
			column, row int
		}{
			{color.RGBA{R: 255, A: 255}, 9, 5},
			{color.RGBA{G: 255, A: 255}, 30, 20},
		} {
			area, count := areaOf(picture, square.color)
			if area.Dx() != test.side || area.Dy() != test.side || count != test.side*test.side {
				t.Errorf("%d pairs: a pixel fills %d points of %v, want a square of %d a side", test.pairs, count, area, test.side)
				continue
			}
			dark := func(p image.Point) bool { // black or the square itself, not the frame
				c := color.RGBAModel.Convert(picture.At(p.X, p.Y)).(color.RGBA)
				return c == square.color || c == color.RGBA{A: 255}
			}
			corner := area.Min
			for ; dark(corner.Sub(image.Pt(1, 0))); corner.X-- {
			}
			for ; dark(corner.Sub(image.Pt(0, 1))); corner.Y-- {
			}
			if got, want := area.Min.Sub(corner), image.Pt(square.column, square.row).Mul(test.side); got != want {
				t.Errorf("%d pairs: the pixel stands %v from its image's corner, want %v", test.pairs, got, want)
			}
		}
	}
}

// TestDifference compares with figures computed by hand: the first pixel's
// difference is (1.125 + 0.5 + 0.5) / 3 over its channels.
func TestDifference(t *testing.T) {
	pair := Reconstruction{Original: flat(0.25), Reconstructed: flat(0.75)}
	pair.Original.Values[0], pair.Reconstructed.Values[0] = 1, -0.125
	got := pair.difference()
	if rangeOf(pair.Reconstructed) != "-0.125..0.750" || rangeOf(got) != "0.500..0.708" || got.Values[1] != 0.5 {
		t.Errorf("the ranges are %s and %s", rangeOf(pair.Reconstructed), rangeOf(got))
	}
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
