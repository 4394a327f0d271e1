package experiments

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"cifartrain/loaders"
)

// What the metadata of a weights file says about pixels.
const (
	plainPixels = "in [0, 1], one channel's plane after another"
	asTheyAre   = ", as they are"

	// PlainPixels describes pixels that need no preprocessing.
	PlainPixels = plainPixels + asTheyAre

	meanImageKey = "mean_image"
)

// PixelMetadata returns, for the metadata of a weights file, what happened to
// pixels in [0, 1] before they reached the model, in this order: "mean" and
// "std" for each channel, as JSON lists, the arguments of torchvision's
// Normalize; then "mean_image", which is subtracted: float32, little-endian, in
// base64, one channel's plane after another. "pixels" says it in a sentence.
func (p *Prepared) PixelMetadata() map[string]string {
	metadata, steps := make(map[string]string), ""
	if n := p.Config.Data.Normalize; n != nil {
		mean, _ := json.Marshal(n.Mean) // finite numbers always have a JSON form
		std, _ := json.Marshal(n.Std)
		metadata["mean"], metadata["std"] = string(mean), string(std)
		steps += "; minus mean, divided by std, per channel"
	}
	if mean := p.Transform.MeanImage(); mean != nil {
		content, _ := binary.Append(nil, binary.LittleEndian, mean) // a slice of float32 always works
		metadata[meanImageKey] = base64.StdEncoding.EncodeToString(content)
		steps += "; minus mean_image (float32, little-endian, base64)"
	}
	metadata["pixels"] = plainPixels + cmp.Or(steps, asTheyAre)
	return metadata
}

// meanImage returns the mean image in the metadata of a weights file, or nil if
// there is none.
func meanImage(metadata map[string]string, shape loaders.Shape) ([]float32, error) {
	text, told := metadata[meanImageKey]
	if !told {
		return nil, nil
	}
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("its %s: %w", meanImageKey, err)
	}
	if len(content) != 4*shape.Values() {
		return nil, fmt.Errorf("its %s has %d bytes, and an image of %v has %d values of 4 bytes", meanImageKey, len(content), shape, shape.Values())
	}
	mean := make([]float32, shape.Values())
	_, err = binary.Decode(content, binary.LittleEndian, mean)
	return mean, err
}
