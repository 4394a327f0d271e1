package plots

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

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

// TestWeightIsOneSharpSquare draws one green weight among zeros: in the panel
// of what speaks for the horse, a pure square of 13 pixels a side must stand in column 9 and row 5.
func TestWeightIsOneSharpSquare(t *testing.T) {
	const column, row, side = 9, 5, 13
	weights := make([]float32, 3072)
	weights[1024+32*row+column] = 0.25
	var file bytes.Buffer
	if err := Weights(&file, shortCaption, "frog", "horse", photo(weights)); err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	gray := color.RGBA{R: 128, G: 128, B: 128, A: 255} // 0.5 of 255, rounded
	panel := image.Rectangle{}
	square, count := areaOf(picture, color.RGBA{R: 128, G: 255, B: 128, A: 255})
	if square.Dx() != side || square.Dy() != side || count != side*side {
		t.Fatalf("the weight fills %d points of %v, want a square of %d a side", count, square, side)
	}
	// Letters' soft edges may be of the panel's gray too: walk from the square.
	for panel = square; color.RGBAModel.Convert(picture.At(panel.Min.X-1, panel.Min.Y)) == gray; panel.Min.X-- {
	}
	for ; color.RGBAModel.Convert(picture.At(panel.Min.X, panel.Min.Y-1)) == gray; panel.Min.Y-- {
	}
	if got, want := square.Min.Sub(panel.Min), image.Pt(column*side, row*side); got != want {
		t.Errorf("the weight stands %v from the panel's corner, want %v", got, want)
	}
}

func TestColorsAreSymmetricAroundZero(t *testing.T) {
	colors := weightColors(0.3)
	atZero := color.RGBAModel.Convert(colorAt(colors, 0)).(color.RGBA)
	if spread := max(atZero.R, atZero.G, atZero.B) - min(atZero.R, atZero.G, atZero.B); spread > 2 {
		t.Errorf("weight 0 is drawn in %v, want gray", atZero)
	}
	negative := color.RGBAModel.Convert(colorAt(colors, -0.3)).(color.RGBA)
	positive := color.RGBAModel.Convert(colorAt(colors, 0.3)).(color.RGBA)
	if negative.B <= negative.R || positive.R <= positive.B {
		t.Errorf("the ends are %v and %v, want blue and red", negative, positive)
	}
}
