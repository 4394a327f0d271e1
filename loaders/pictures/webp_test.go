package pictures

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cifartrain/loaders"
)

// TestReadWebP compares with libwebp, by way of Pillow, within 2 levels.
func TestReadWebP(t *testing.T) {
	content, err := os.ReadFile("testdata/webp.json")
	if err != nil {
		t.Fatal(err)
	}
	var shown map[string]struct {
		Width, Height int
		Pixels        []int // (height, width, 3)
	}
	if err := json.Unmarshal(content, &shown); err != nil || len(shown) != 9 {
		t.Fatalf("%d pictures, want 9: %v", len(shown), err)
	}
	for name, want := range shown {
		shape := loaders.Shape{Channels: 3, Height: want.Height, Width: want.Width}
		pixels := read(t, filepath.Join("testdata", name), shape)
		worst := 0.0
		for i, value := range want.Pixels {
			worst = max(worst, math.Abs(float64(value)-float64(pixels[i%3*shape.Plane()+i/3])))
		}
		if worst > 2 {
			t.Errorf("%s is off by %v levels", name, worst)
		}
	}
	err = Read(t.Context(), "testdata/animated.webp", rgb, make([]byte, rgb.Values()))
	if err == nil || !strings.Contains(err.Error(), "it is an animated WebP: save one of its pictures") {
		t.Errorf("an animated WebP: %v", err)
	}
}
