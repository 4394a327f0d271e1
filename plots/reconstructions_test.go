package plots

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/vg"
)

// flat returns an image of one value.
func flat(value float32) Image { return photo(slices.Repeat([]float32{value}, 3072)) }

// photo is an image in CIFAR-10's shape.
func photo(values []float32) Image { return Image{Channels: 3, Height: 32, Width: 32, Values: values} }

// flatPairs returns so many pairs whose labels are short or as long as they
// get.
func flatPairs(n int, name string, low, high float32) []Reconstruction {
	pairs := make([]Reconstruction, n)
	for i := range pairs {
		reconstructed := flat(low)
		reconstructed.Values[i] = high
		pairs[i] = Reconstruction{Name: name, Original: flat(1), Reconstructed: reconstructed}
	}
	return pairs
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
		picture, err := png.Decode(&file)
		if err != nil {
			t.Fatal(err)
		}
		for _, square := range []struct {
			color       color.RGBA
			column, row int
		}{
			{color.RGBA{R: 255, A: 255}, 9, 5},
			{color.RGBA{G: 255, A: 255}, 30, 20},
		} {
			area, count := areaOf(picture, square.color)
			if area.Dx() != test.side || area.Dy() != test.side || count != test.side*test.side {
				t.Errorf("%d pairs: a pixel fills %d points of %v, want a square of %d a side",
					test.pairs, count, area, test.side)
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

func TestLabelsTellWhatWasMeasured(t *testing.T) {
	original, reconstructed := flat(0.25), flat(0.75)
	original.Values[0], reconstructed.Values[0] = 1, -0.125
	pair := Reconstruction{"image 1, frog", original, reconstructed}
	tile := layoutFor(1).tiles([]Reconstruction{pair})[0]
	var got [][]string
	for _, image := range tile.images {
		got = append(got, image.labels)
	}
	// The error is (3071 * 0.5^2 + 1.125^2) / 3072; the first pixel's
	// difference is (1.125 + 0.5 + 0.5) / 3 over its channels.
	want := [][]string{{"0.250..1.000"}, {"-0.125..0.750", "MSE 0.2503"}, {"0.500..0.708"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	notes := strings.Join(layoutFor(1).notes([]Reconstruction{pair}), "\n")
	for _, part := range []string{"from black for 0 to white for 0.708.", "Values below 0 are shown as 0"} {
		if !strings.Contains(notes, part) {
			t.Errorf("the notes do not say %q:\n%s", part, notes)
		}
	}
	inside := []Reconstruction{{"", flat(0), flat(1)}}
	if notes := strings.Join(layoutFor(1).notes(inside), "\n"); strings.Contains(notes, "shown as") {
		t.Errorf("the notes speak of clipping where nothing is clipped:\n%s", notes)
	}
}

func TestRangeOf(t *testing.T) {
	for _, test := range []struct {
		low, high float32
		want      string
	}{
		{0, 1, "0.000..1.000"},
		{-0.0001, 0.6, "0.000..0.600"},
		{-1.5, 9.9, "-1.500..9.900"},
		{-300.25, 0.5, "-300..0.5"},
		{-math.MaxFloat32, math.MaxFloat32, "-3.4e+38..3.4e+38"},
	} {
		if got := rangeOf([]float32{test.low, test.high}); got != test.want {
			t.Errorf("range from %g to %g reads %s, want %s", test.low, test.high, got, test.want)
		}
	}
}

// TestDifferencesShareAScale checks that white is the largest difference of
// all pairs and that an equal difference is the same gray in each.
func TestDifferencesShareAScale(t *testing.T) {
	pairs := []Reconstruction{{"", flat(0), flat(0.5)}, {"", flat(1), flat(0)}, {"", flat(0.5), flat(1)}}
	for i, tile := range layoutFor(len(pairs)).tiles(pairs) {
		want := []uint8{128, 255, 128}[i]
		if got := tile.images[2].Image.(*image.Gray).Pix[17]; got != want {
			t.Errorf("pair %d: the difference is drawn in gray %d, want %d", i, got, want)
		}
	}
}

// TestLabelsStayBelowTheirImage asks every number of pairs and the longest
// labels for texts that do not run into the next image's.
func TestLabelsStayBelowTheirImage(t *testing.T) {
	for n := 1; n <= mostReconstructions; n++ {
		layout := layoutFor(n)
		tiles := layout.tiles(flatPairs(n, longCaption.Run, -math.MaxFloat32, math.MaxFloat32))
		width := (pictureWidth-2*margin+pairGap)/vg.Length(layout.across) - pairGap
		pitch := width / vg.Length(len(tiles[0].images))
		if layout.imageSide() > pitch {
			t.Errorf("%d pairs: images of %v overlap, they are %v apart", n, layout.imageSide(), pitch)
		}
		_, labels := textStyles(tiles, width, pitch-imageGap)
		for _, image := range tiles[0].images {
			for _, label := range image.labels {
				if got := labels.Width(label); got > pitch {
					t.Errorf("%d pairs: label %q is %v wide, images are %v apart", n, label, got, pitch)
				}
			}
		}
	}
}
