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
	"os"
	"runtime"
	"sync"

	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"cifartrain/loaders"
)

// Formats names the formats that Read knows.
const Formats = "PNG, JPEG, GIF, BMP, TIFF and WebP"

// bytesEach is how many bytes decoding takes for each pixel, at most: a PNG with 16
// bits in a channel, of which one copy is interlaced, or a progressive JPEG.
const bytesEach = 16

// memory is how many bytes all pictures that are being decoded may take together,
// and room hands it out.
var memory = sync.OnceValue(func() int64 {
	limit, _ := loaders.MemoryLimit()
	return limit / 2
})
var room = sync.OnceValue(func() *semaphore.Weighted { return semaphore.NewWeighted(memory()) })

// Read writes the picture in the file at path into pixels, which has as many
// bytes as an image of the shape has values. It takes the largest part in the
// middle of the picture that has the shape's proportions, and scales it. Three
// channels are red, green and blue; a single one is the brightness. Transparent
// parts count as black. A photograph is turned according to its Exif data. It
// waits while other pictures that are being read leave too little memory.
func Read(ctx context.Context, path string, shape loaders.Shape, pixels []byte) (err error) {
	file, _, err := loaders.OpenFile(path)
	if err != nil {
		return err
	}
	defer file.Close()
	defer context.AfterFunc(ctx, func() { file.Close() })() // a decoder that goes on reading then fails
	defer func() {
		if fault := recover(); fault != nil { // a decoder may panic on a damaged file
			err = fmt.Errorf("it is damaged (%v)", fault)
		}
		if err != nil && !errors.As(err, new(*fs.PathError)) && !errors.Is(err, ctx.Err()) {
			err = fmt.Errorf("%s is not a picture that can be read: %w", path, err)
		}
	}()
	needed, format, err := checkSize(file)
	if err != nil {
		return err
	}
	if err := room().Acquire(ctx, needed); err != nil {
		return err
	}
	defer room().Release(needed)
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	stored, exif := io.Reader(file), io.ReadSeeker(file)
	if format == "webp" {
		if stored, exif, err = webpParts(file); err != nil {
			return endsEarly(err)
		}
	}
	picture, _, err := image.Decode(stored)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return endsEarly(err)
	}
	if format == "webp" {
		picture = fullRange(picture)
	}
	if _, err := exif.Seek(0, io.SeekStart); err != nil {
		return err
	}
	fit(pixels, picture, orientationOf(exif, format), shape)
	return nil
}

// ReadAll reads the pictures at paths on all processors. records has for each a
// record of the shape whose label is 0, and faults an error or nil. progress, if
// it is not nil, is called with how many have been read, never by two goroutines
// at a time. When ctx ends, ReadAll returns its error soon.
func ReadAll(ctx context.Context, paths []string, shape loaders.Shape, progress func(done, total int)) (records []byte, faults []error, err error) {
	size := shape.RecordSize()
	if limit, whose := loaders.MemoryLimit(); int64(len(paths)) > limit/int64(size) {
		return nil, nil, fmt.Errorf("%d pictures of %v bytes are more than %s has memory for: choose a smaller data.size", len(paths), shape, whose)
	}
	records, faults = make([]byte, len(paths)*size), make([]error, len(paths))
	var told sync.Mutex
	done := 0
	var readers errgroup.Group
	readers.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		readers.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			faults[i] = Read(ctx, path, shape, records[i*size+1:(i+1)*size])
			told.Lock()
			defer told.Unlock()
			if done++; progress != nil {
				progress(done, len(paths))
			}
			return nil
		})
	}
	readers.Wait()
	return records, faults, ctx.Err()
}

// checkSize returns how much memory decoding a picture may take, and its format. It
// refuses a file that does not begin like a picture, and a picture with no pixels or
// with too many.
func checkSize(file *os.File) (needed int64, format string, err error) {
	if end, err := file.Seek(0, io.SeekEnd); err != nil || end == 0 {
		return 0, "", cmp.Or(err, errors.New("it is empty"))
	}
	if isAnimated(file) {
		return 0, "", errors.New("it is an animated WebP: save one of its pictures as a file of its own")
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, "", err
	}
	config, format, err := image.DecodeConfig(file)
	most := memory() / bytesEach
	switch {
	case errors.Is(err, image.ErrFormat):
		return 0, "", errors.New("its format is not one of " + Formats)
	case err != nil:
		return 0, "", endsEarly(err)
	case config.Width < 1 || config.Height < 1:
		return 0, "", fmt.Errorf("it has %d × %d pixels", config.Width, config.Height)
	case int64(config.Height) > most/int64(config.Width):
		return 0, "", fmt.Errorf("it has %d × %d pixels, more than the %d million for which there is memory", config.Width, config.Height, most/1_000_000)
	}
	return int64(config.Width) * int64(config.Height) * bytesEach, format, nil
}

// endsEarly says in plain words that a file is cut short.
func endsEarly(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return err
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
