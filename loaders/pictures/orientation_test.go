package pictures

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
)

// TestReadTurns compares with Pillow's exif_transpose, in a square shape and
// one that is not.
func TestReadTurns(t *testing.T) {
	content, err := os.ReadFile("testdata/oriented.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][4]string
	if err := json.Unmarshal(content, &want); err != nil || len(want) != 8 {
		t.Fatalf("figures of %d orientations, want 8: %v", len(want), err)
	}
	for _, shape := range []loaders.Shape{{Channels: 3, Height: 8, Width: 8}, {Channels: 3, Height: 6, Width: 10}, {Channels: 3, Height: 10, Width: 6}} {
		for name, corners := range want {
			if diff := cmp.Diff(corners, cornersOf(read(t, filepath.Join("testdata", name), shape), shape)); diff != "" {
				t.Errorf("%s at %v, its corners (-Pillow +got):\n%s", name, shape, diff)
			}
		}
	}
}

// cornersOf names the colors in the corners of an image, row by row.
func cornersOf(pixels []byte, shape loaders.Shape) (names [4]string) {
	plane := shape.Plane()
	for i, place := range []int{0, shape.Width - 1, plane - shape.Width, plane - 1} {
		red, green, blue := pixels[place] > 128, pixels[plane+place] > 128, pixels[2*plane+place] > 128
		names[i] = map[[3]bool]string{{true, false, false}: "red", {false, true, false}: "green", {false, false, true}: "blue", {true, true, true}: "white"}[[3]bool{red, green, blue}]
	}
	return names
}

// TestReadDamagedExif takes a picture whose Exif data makes no sense as upright.
func TestReadDamagedExif(t *testing.T) {
	content, err := os.ReadFile("testdata/oriented_6.jpg")
	if err != nil {
		t.Fatal(err)
	}
	for i := 30; i < 44; i++ { // inside the Exif segment, behind its name
		content[i] ^= 0xff
	}
	pixels := read(t, write(t, "damaged.jpg", content), rgb)
	if diff := cmp.Diff([4]string{"red", "green", "blue", "white"}, cornersOf(pixels, rgb)); diff != "" {
		t.Errorf("corners (-want +got):\n%s", diff)
	}
}
