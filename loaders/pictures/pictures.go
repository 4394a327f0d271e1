// Package pictures reads pictures of any size and format as the bytes of images
// of one shape.
package pictures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"cifartrain/loaders"
)

// Formats names the formats that Read knows.
const Formats = "PNG, JPEG, GIF, BMP, TIFF and WebP"

// mostPixels bounds the memory that a picture may ask for.
const mostPixels = 100_000_000

// Read writes the picture in the file at path into pixels, which has as many
// bytes as an image of the shape has values. It takes the largest part in the
// middle of the picture that has the shape's proportions, and scales it. Three
// channels are red, green and blue; a single one is the brightness. Transparent
// parts count as black. A photograph is turned according to its Exif data.
func Read(path string, shape loaders.Shape, pixels []byte) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	picture, turn, err := decode(file)
	if fault := (*fs.PathError)(nil); errors.As(err, &fault) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%s is not a picture that can be read: %w", path, err)
	}
	fit(pixels, picture, turn, shape)
	return nil
}

// ReadAll reads pictures on all processors into records, see [loaders.Shape],
// whose label is 0. faults has an error, or nil, for each. It calls progress, if
// there is one, after each picture.
func ReadAll(ctx context.Context, paths []string, shape loaders.Shape, progress func(done, total int)) (records []byte, faults []error, err error) {
	size := shape.RecordSize()
	if len(paths) > math.MaxInt/size {
		return nil, nil, fmt.Errorf("%d pictures of %v bytes are more than this machine can address: choose a smaller data.size", len(paths), shape)
	}
	records, faults = make([]byte, len(paths)*size), make([]error, len(paths))
	var next atomic.Int64
	var told sync.Mutex
	done := 0
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1) - 1); i < len(paths) && ctx.Err() == nil; i = int(next.Add(1) - 1) {
				faults[i] = Read(paths[i], shape, records[i*size+1:(i+1)*size])
				told.Lock()
				if done++; progress != nil {
					progress(done, len(paths))
				}
				told.Unlock()
			}
		})
	}
	wait.Wait()
	return records, faults, ctx.Err()
}

// decode reads a picture if its size is within bounds, and how it must be
// turned.
func decode(file io.ReadSeeker) (picture image.Image, turn orientation, err error) {
	defer func() { // a decoder may panic on a damaged file
		if fault := recover(); fault != nil {
			picture, err = nil, fmt.Errorf("it is damaged (%v)", fault)
		}
	}()
	if err := checkSize(file); err != nil {
		return nil, upright, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, upright, err
	}
	picture, format, err := image.Decode(file)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends too early")
	}
	if err != nil {
		return nil, upright, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, upright, err
	}
	return picture, orientationOf(file, format), nil
}

// checkSize refuses a file that does not begin like a picture, and a picture
// with no pixels or with too many.
func checkSize(file io.ReadSeeker) error {
	if end, err := file.Seek(0, io.SeekEnd); err != nil || end == 0 {
		return cmp.Or(err, errors.New("it is empty"))
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	config, _, err := image.DecodeConfig(file)
	switch {
	case errors.Is(err, image.ErrFormat):
		return errors.New("its format is not one of " + Formats)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	case err != nil:
		return err
	case config.Width < 1 || config.Height < 1:
		return fmt.Errorf("it has %d × %d pixels", config.Width, config.Height)
	case config.Height > mostPixels/config.Width:
		return fmt.Errorf("it has %d × %d pixels, more than the %d million allowed", config.Width, config.Height, mostPixels/1_000_000)
	}
	return nil
}

// fit writes the middle part of picture, turned upright and scaled, into
// pixels.
func fit(pixels []byte, picture image.Image, turn orientation, shape loaders.Shape) {
	stored := shape // the shape before turning
	if turn >= transposed {
		stored.Width, stored.Height = shape.Height, shape.Width
	}
	scaled := image.NewRGBA(image.Rect(0, 0, stored.Width, stored.Height))
	// Bilinear, with a reach that grows with the scale, as torchvision's Resize
	// does. A picture that already has the right size is not changed.
	draw.BiLinear.Scale(scaled, scaled.Bounds(), picture, center(picture.Bounds(), stored), draw.Src, nil)
	plane := shape.Plane()
	for i := range plane {
		rgb := scaled.Pix[scaled.PixOffset(turn.stored(i%shape.Width, i/shape.Width, stored.Width, stored.Height)):][:3]
		if shape.Channels == 3 {
			pixels[i], pixels[plane+i], pixels[2*plane+i] = rgb[0], rgb[1], rgb[2]
		} else {
			pixels[i] = brightness(rgb)
		}
	}
}

// brightness is ITU-R BT.601's luma in whole numbers, as Pillow's convert("L")
// computes it.
func brightness(rgb []byte) byte {
	return byte((19595*uint32(rgb[0]) + 38470*uint32(rgb[1]) + 7471*uint32(rgb[2]) + 1<<15) >> 16)
}

// center returns the largest part in the middle of bounds that has the shape's
// proportions.
func center(bounds image.Rectangle, shape loaders.Shape) image.Rectangle {
	width, height := bounds.Dx(), bounds.Dy()
	if width*shape.Height > height*shape.Width {
		width = max(1, height*shape.Width/shape.Height)
	} else {
		height = max(1, width*shape.Height/shape.Width)
	}
	corner := bounds.Min.Add(image.Pt((bounds.Dx()-width)/2, (bounds.Dy()-height)/2))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(width, height))}
}
