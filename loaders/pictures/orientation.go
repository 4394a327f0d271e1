package pictures

import (
	"io"

	"github.com/bep/imagemeta"
)

// An orientation says how a camera was held, numbered as in Exif: which row and
// column of the stored picture are at the top and at the left of the picture to
// show. https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf, tag
// 274.
type orientation int

const (
	upright    orientation = 1
	transposed orientation = 5 // from this number on, the stored picture's rows are columns of the one to show
	greatest   orientation = 8
)

// formatsWithExif are the formats that can have Exif data, by the names that
// package image gives them.
var formatsWithExif = map[string]imagemeta.ImageFormat{
	"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "tiff": imagemeta.TIFF, "webp": imagemeta.TIFF, // of a WebP, its chunk
}

// orientationOf reads the orientation from a picture's Exif data. A picture
// without it, or with damaged data, counts as upright.
func orientationOf(file io.ReadSeeker, format string) orientation {
	found := upright
	exif, known := formatsWithExif[format]
	if !known {
		return found
	}
	isOrientation := func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" && tag.Namespace == "IFD0" }
	imagemeta.Decode(imagemeta.Options{
		R:               file,
		ImageFormat:     exif,
		Sources:         imagemeta.EXIF,
		ShouldHandleTag: isOrientation,
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && orientation(value) >= upright && orientation(value) <= greatest {
				found = orientation(value)
			}
			return imagemeta.ErrStopWalking
		},
	})
	return found
}

// stored returns where the pixel (x, y) of the picture to show is in the stored
// picture, which is width pixels wide and height high.
func (o orientation) stored(x, y, width, height int) (column, row int) {
	if o >= transposed {
		x, y = y, x
	}
	if o == 2 || o == 3 || o == 7 || o == 8 {
		x = width - 1 - x
	}
	if o == 3 || o == 4 || o == 6 || o == 7 {
		y = height - 1 - y
	}
	return x, y
}
