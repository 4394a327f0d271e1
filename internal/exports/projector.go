package exports

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"strconv"
	"strings"
)

// A Projection holds codes of images for TensorBoard's projector, which shows
// them in two or three dimensions by PCA, t-SNE or UMAP.
type Projection struct {
	Codes  []float32 // (n, width)
	Width  int
	Labels []string      // (n)
	Images []image.Image // (n), all of one size
}

// Files returns, by name, the files that the projector looks for in the folder
// of a run's events: its config, codes and labels as tab-separated values, and
// one picture with all images.
//
// Format:
// https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/plugins/projector/projector_config.proto
func (p Projection) Files() (map[string][]byte, error) {
	sprite, err := p.sprite()
	if err != nil {
		return nil, fmt.Errorf("drawing the projector's images: %w", err)
	}
	size := p.Images[0].Bounds()
	config := fmt.Sprintf(`embeddings {
  tensor_name: "code"
  tensor_path: "codes.tsv"
  metadata_path: "labels.tsv"
  sprite { image_path: "sprite.png" single_image_dim: %d single_image_dim: %d }
}
`, size.Dx(), size.Dy())
	var codes bytes.Buffer
	for i, value := range p.Codes {
		codes.WriteString(strconv.FormatFloat(float64(value), 'g', -1, 32))
		if (i+1)%p.Width == 0 {
			codes.WriteByte('\n')
		} else {
			codes.WriteByte('\t')
		}
	}
	return map[string][]byte{
		"projector_config.pbtxt": []byte(config), "codes.tsv": codes.Bytes(), "sprite.png": sprite,
		"labels.tsv": []byte(strings.Join(p.Labels, "\n") + "\n"),
	}, nil
}

// sprite arranges the images row by row in a square.
func (p Projection) sprite() ([]byte, error) {
	abreast, size := int(math.Ceil(math.Sqrt(float64(len(p.Images))))), p.Images[0].Bounds()
	sheet := image.NewRGBA(image.Rect(0, 0, abreast*size.Dx(), abreast*size.Dy()))
	for i, one := range p.Images {
		corner := image.Pt(i%abreast*size.Dx(), i/abreast*size.Dy())
		draw.Draw(sheet, image.Rectangle{Min: corner, Max: corner.Add(size.Size())}, one, size.Min, draw.Src)
	}
	var content bytes.Buffer
	err := png.Encode(&content, sheet)
	return content.Bytes(), err
}
