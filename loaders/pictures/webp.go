package pictures

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"strings"

	"golang.org/x/image/webp"
)

// webpParts returns a WebP file as package webp reads it, and the Exif data in it,
// which are empty in most files. Package webp refuses a lossless picture with alpha
// behind an extended header, so the header is left out; and package imagemeta does
// not know that chunks are padded to an even length. A picture that is larger than
// its extended header says would take memory that nobody has counted: an error. See
// https://developers.google.com/speed/webp/docs/riff_container.
func webpParts(file io.ReaderAt) (picture io.Reader, exif io.ReadSeeker, err error) {
	whole := io.NewSectionReader(file, 0, 1<<32)
	said, err := webp.DecodeConfig(whole)
	if err != nil {
		return nil, nil, err
	}
	whole.Seek(0, io.SeekStart)
	picture, exif = whole, strings.NewReader("")
	var chunk [8 + 6]byte // a chunk's name and length, and how it begins
	for at := int64(len("RIFF....WEBP")); ; {
		if n, _ := file.ReadAt(chunk[:], at); n < 8 {
			return picture, exif, nil
		}
		name, size := string(chunk[:4]), int64(binary.LittleEndian.Uint32(chunk[4:]))
		next := at + 8 + size + size&1
		switch name {
		case "VP8 ", "VP8L":
			head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+next-at))
			alone := io.NewSectionReader(file, at, next-at)
			bare := func() io.Reader { return io.MultiReader(strings.NewReader(string(head)+"WEBP"), alone) }
			if inside, err := webp.DecodeConfig(bare()); err != nil {
				return nil, nil, err
			} else if inside.Width != said.Width || inside.Height != said.Height {
				return nil, nil, fmt.Errorf("it has %d × %d pixels, but its header says %d × %d", inside.Width, inside.Height, said.Width, said.Height)
			}
			if alone.Seek(0, io.SeekStart); name == "VP8L" {
				picture = bare()
			}
		case "EXIF":
			begin := at + 8
			if string(chunk[8:]) == "Exif\x00\x00" { // as in a JPEG, which some programs write
				begin += 6
			}
			exif = io.NewSectionReader(file, begin, at+8+size-begin)
		}
		at = next
	}
}

// isAnimated reports whether a file is a WebP of several pictures, which
// package webp cannot read. The flag is described at
// https://developers.google.com/speed/webp/docs/riff_container.
func isAnimated(file io.ReaderAt) bool {
	var head [21]byte
	n, _ := file.ReadAt(head[:], 0)
	return n == len(head) && string(head[:4]) == "RIFF" && string(head[8:16]) == "WEBPVP8X" && head[20]&2 != 0
}

// fullRange returns a picture from a lossy WebP as libwebp shows it. Package webp
// returns its values as if they were a JPEG's, but black is 16 in VP8 and white
// 235. A picture from a lossless WebP is returned as it is.
func fullRange(picture image.Image) image.Image {
	var alpha *image.NYCbCrA
	lossy, ok := picture.(*image.YCbCr)
	if !ok {
		if alpha, ok = picture.(*image.NYCbCrA); !ok {
			return picture
		}
		lossy = &alpha.YCbCr
	}
	bounds := lossy.Bounds()
	shown := image.NewNRGBA(bounds)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			luma := int(lossy.Y[lossy.YOffset(x, y)])
			cb, cr := chroma(lossy, lossy.Cb, x, y), chroma(lossy, lossy.Cr, x, y)
			pixel := shown.Pix[shown.PixOffset(x, y):][:4]
			// BT.601 in whole numbers, from libwebp's src/dsp/yuv.h.
			pixel[0] = clip(luma*19077>>8 + cr*26149>>8 - 14234)
			pixel[1] = clip(luma*19077>>8 - cb*6419>>8 - cr*13320>>8 + 8708)
			pixel[2] = clip(luma*19077>>8 + cb*33050>>8 - 17685)
			pixel[3] = 255
			if alpha != nil {
				pixel[3] = alpha.A[alpha.AOffset(x, y)]
			}
		}
	}
	return shown
}

// chroma returns a plane's value at a pixel, between its four nearest samples,
// each of which lies in the middle of 2x2 pixels: libwebp's "fancy upsampling".
func chroma(p *image.YCbCr, plane []byte, x, y int) int {
	bounds := p.Bounds()
	besideX := min(max(x-1+2*(x&1), bounds.Min.X), bounds.Max.X-1)
	besideY := min(max(y-1+2*(y&1), bounds.Min.Y), bounds.Max.Y-1)
	at := func(x, y int) int { return int(plane[p.COffset(x, y)]) }
	near := at(x, y)
	return ((near+3*at(besideX, y)+3*at(x, besideY)+at(besideX, besideY)+8)>>3 + near) >> 1
}

// clip returns a value with 6 binary places as a byte.
func clip(value int) byte { return byte(min(max(value>>6, 0), 255)) }
