package exports_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"cifartrain/internal/exports"
)

func TestProjection(t *testing.T) {
	projection := exports.Projection{Width: 2}
	for i := range 3 {
		one := image.NewGray(image.Rect(0, 0, 4, 3))
		one.SetGray(1, 2, color.Gray{Y: uint8(50 * (i + 1))})
		projection.Images = append(projection.Images, one)
		projection.Codes = append(projection.Codes, float32(i), 0.25)
		projection.Labels = append(projection.Labels, []string{"frog", "horse", "ship"}[i])
	}
	files, err := projection.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"codes.tsv": "0\t0.25\n1\t0.25\n2\t0.25\n", "labels.tsv": "frog\nhorse\nship\n"} {
		if got := string(files[name]); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !bytes.Contains(files["projector_config.pbtxt"], []byte("single_image_dim: 4 single_image_dim: 3")) {
		t.Errorf("the config is %s", files["projector_config.pbtxt"])
	}
	sprite, err := png.Decode(bytes.NewReader(files["sprite.png"]))
	if err != nil {
		t.Fatal(err)
	}
	if red, _, _, _ := sprite.At(1, 5).RGBA(); sprite.Bounds().Dx() != 8 || sprite.Bounds().Dy() != 6 || red>>8 != 150 {
		t.Errorf("the third image is not in the second row of a sprite of %v", sprite.Bounds())
	}
}
