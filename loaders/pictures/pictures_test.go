package pictures

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/sync/semaphore"

	"cifartrain/loaders"
)

var rgb = loaders.Shape{Channels: 3, Height: 4, Width: 4}

// drawn is a picture whose pixel (x, y) has the color given.
func drawn(width, height int, color func(x, y int) color.Color) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.Set(x, y, color(x, y))
		}
	}
	return picture
}

// patches are large areas of plain colors, which survive every format.
func patches(x, y int) color.Color {
	return []color.NRGBA{{200, 40, 40, 255}, {40, 200, 40, 255}, {40, 40, 200, 255}, {220, 220, 220, 255}}[x/32+2*(y/32)]
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// encoded is the file that encode writes.
func encoded(encode func(io.Writer) error) []byte {
	var content bytes.Buffer
	if err := encode(&content); err != nil {
		panic(err)
	}
	return content.Bytes()
}

// asPNG is a picture as a file.
func asPNG(picture image.Image) []byte {
	return encoded(func(w io.Writer) error { return png.Encode(w, picture) })
}

// read returns the pixels of a picture that can be read.
func read(t *testing.T, path string, shape loaders.Shape) []byte {
	t.Helper()
	pixels := make([]byte, shape.Values())
	if err := Read(t.Context(), path, shape, pixels); err != nil {
		t.Fatal(err)
	}
	return pixels
}

// TestReadFormats writes one picture in every format that Go can write.
func TestReadFormats(t *testing.T) {
	picture := drawn(64, 64, patches)
	for name, content := range map[string][]byte{
		"picture.png":  asPNG(picture),
		"picture.jpg":  encoded(func(w io.Writer) error { return jpeg.Encode(w, picture, &jpeg.Options{Quality: 95}) }),
		"picture.gif":  encoded(func(w io.Writer) error { return gif.Encode(w, picture, nil) }),
		"picture.bmp":  encoded(func(w io.Writer) error { return bmp.Encode(w, picture) }),
		"picture.tiff": encoded(func(w io.Writer) error { return tiff.Encode(w, picture, nil) }),
		"picture":      asPNG(picture), // the content decides
	} {
		pixels := read(t, write(t, name, content), rgb)
		for i, place := range []int{0, 3, 12, 15} { // the corners
			want := patches(i%2*32, i/2*32).(color.NRGBA)
			for c, value := range []byte{want.R, want.G, want.B} {
				// GIF's palette has no such color; a level of JPEG's is lost, too.
				if got := pixels[c*16+place]; math.Abs(float64(got)-float64(value)) > 30 {
					t.Errorf("%s: corner %d, channel %d is %d, want about %d", name, i, c, got, value)
				}
			}
		}
	}
}

// TestReadSameSize resamples nothing.
func TestReadSameSize(t *testing.T) {
	picture := drawn(4, 4, func(x, y int) color.Color { return color.NRGBA{byte(16*x + y), byte(100 + x), byte(200 - y), 255} })
	path := write(t, "picture.png", asPNG(picture))
	pixels, gray := read(t, path, rgb), read(t, path, loaders.Shape{Channels: 1, Height: 4, Width: 4})
	for i := range 16 {
		x, y := i%4, i/4
		want := [3]byte{byte(16*x + y), byte(100 + x), byte(200 - y)}
		if got := [3]byte{pixels[i], pixels[16+i], pixels[32+i]}; got != want {
			t.Errorf("pixel (%d, %d) is %v, want %v", x, y, got, want)
		}
		luma := 0.299*float64(want[0]) + 0.587*float64(want[1]) + 0.114*float64(want[2])
		if math.Abs(float64(gray[i])-luma) > 0.51 {
			t.Errorf("pixel (%d, %d) has the brightness %d, want %.1f", x, y, gray[i], luma)
		}
	}
}

// TestReadCutsTheMiddle scales long pictures whose ends are white and whose
// middle square is black.
func TestReadCutsTheMiddle(t *testing.T) {
	for _, size := range [][2]int{{20, 8}, {8, 20}, {21, 8}, {200, 80}} {
		width, height := size[0], size[1]
		side := min(width, height)
		picture := drawn(width, height, func(x, y int) color.Color {
			if x < (width-side)/2 || x >= (width-side)/2+side || y < (height-side)/2 || y >= (height-side)/2+side {
				return color.White
			}
			return color.Black
		})
		pixels := make([]byte, rgb.Values())
		fit(pixels, picture, upright, rgb)
		if !bytes.Equal(pixels, make([]byte, len(pixels))) {
			t.Errorf("%d × %d: the ends show: %v", width, height, pixels[:16])
		}
	}
}

// TestReadAverages scales down by so much that each pixel is the mean of many.
func TestReadAverages(t *testing.T) {
	picture := drawn(64, 64, func(x, y int) color.Color { return color.Gray{Y: byte(255 * ((x + y) % 2))} })
	pixels := make([]byte, rgb.Values())
	fit(pixels, picture, upright, rgb)
	for i, got := range pixels {
		if got < 120 || got > 136 {
			t.Errorf("pixel %d of a fine chequerboard is %d, want about 127", i, got)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	remember(t, 1_000_000*bytesEach)
	whole := asPNG(drawn(64, 64, patches))
	huge := bytes.Clone(whole[:33])
	binary.BigEndian.PutUint32(huge[16:], 50_000)
	binary.BigEndian.PutUint32(huge[20:], 50_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	webp, err := os.ReadFile("testdata/colors.webp")
	if err != nil {
		t.Fatal(err)
	}
	webp = slices.Insert(webp, 12, []byte("VP8X\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")...) // whose header says 1 × 1
	webp[4] += 18
	for _, test := range []struct {
		name    string
		content []byte
		words   string
	}{
		{"empty", nil, "is not a picture that can be read: it is empty"},
		{"text", []byte("Thumbs"), "is not a picture that can be read: its format is not one of PNG, JPEG"},
		{"cut short", whole[:100], "is not a picture that can be read: "},
		{"damaged", append(bytes.Clone(whole[:60]), bytes.Repeat([]byte{7}, 200)...), "is not a picture that can be read: "},
		{"huge", huge, "has 50000 × 50000 pixels, more than the 1 million for which there is memory"},
		{"larger than said", webp, "has 22 × 19 pixels, but its header says 1 × 1"},
	} {
		path := write(t, "picture.png", test.content)
		err := Read(t.Context(), path, rgb, make([]byte, rgb.Values()))
		if !strings.HasPrefix(fmt.Sprint(err), path) || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: error %v, want one of %s that says %q", test.name, err, path, test.words)
		}
	}
}

// remember gives pictures so much memory for the rest of the test.
func remember(t *testing.T, bytes int64) {
	oldMemory, oldRoom, given := memory, room, semaphore.NewWeighted(bytes)
	memory, room = func() int64 { return bytes }, func() *semaphore.Weighted { return given }
	t.Cleanup(func() { memory, room = oldMemory, oldRoom })
}

// TestReadAll has memory for one picture at a time, and less than one of them
// needs.
func TestReadAll(t *testing.T) {
	remember(t, 64*64*bytesEach)
	paths := slices.Repeat([]string{write(t, "small.png", asPNG(drawn(64, 64, patches)))}, 20)
	paths[7] = write(t, "large.png", asPNG(drawn(64, 65, func(int, int) color.Color { return color.Black })))
	last := 0
	records, faults, err := ReadAll(t.Context(), paths, rgb, func(done, total int) {
		if done != last+1 || total != 20 {
			t.Errorf("%d of %d follows %d", done, total, last)
		}
		last = done
	})
	if err != nil || last != 20 {
		t.Fatalf("%d are read: %v", last, err)
	}
	for i, fault := range faults {
		if i == 7 && !strings.Contains(fmt.Sprint(fault), "more than the 0 million") || i != 7 && (fault != nil || records[i*rgb.RecordSize()+1] != 200) {
			t.Errorf("picture %d: %v, red is %d", i, fault, records[i*rgb.RecordSize()+1])
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := ReadAll(ctx, paths, rgb, nil); err != context.Canceled {
		t.Errorf("error %v, want the context's", err)
	}
}
