package plots

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"
)

// TestOnDark wants dark paper, ink that stands out from it, and images as they are.
func TestOnDark(t *testing.T) {
	image := Image{Channels: 3, Height: 1, Width: 1, Values: []float32{1, 1, 1}}
	var file bytes.Buffer
	if err := Mistakes(OnDark(&file), Caption{Dataset: "CIFAR-10"}, []Mistake{{Image: image, Label: "frog", Predicted: "horse"}}, 1, true); err != nil {
		t.Fatal(err)
	}
	drawn := must(png.Decode(&file))
	seen := make(map[color.NRGBA]int)
	for y := range drawn.Bounds().Dy() {
		for x := range drawn.Bounds().Dx() {
			seen[color.NRGBAModel.Convert(drawn.At(x, y)).(color.NRGBA)]++
		}
	}
	paper, ink, white := onDark(color.White).(color.NRGBA), onDark(inkColor).(color.NRGBA), color.NRGBA{255, 255, 255, 255}
	if drawn.At(0, 0) != color.Color(color.RGBA{paper.R, paper.G, paper.B, 255}) || paper.R > 40 || ink.R < 200 || seen[ink] == 0 || seen[white] < 100 {
		t.Errorf("paper %v, ink %v (%d pixels), an image's white: %d pixels", paper, ink, seen[ink], seen[white])
	}
}
