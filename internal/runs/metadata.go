package runs

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"cifartrain/configs"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/loaders"
)

// PlainPixels describes, in the metadata of a weights file, pixels that need no
// preprocessing.
const PlainPixels = plainPixels + ", as they are"

const plainPixels = "in [0, 1], one channel's plane after another"

// PixelMetadata returns, for the metadata of a weights file, what happened to
// pixels in [0, 1] before they reached the model, in this order: "mean" and
// "std" for each channel, as JSON lists, the arguments of torchvision's
// Normalize; then "mean_image", which is subtracted: float32, little-endian, in
// base64, one channel's plane after another. "pixels" says it in a sentence.
func (r *Run) PixelMetadata() map[string]string {
	metadata, steps := normalizationMetadata(r.Config), ""
	if r.Config.Data.Normalize != nil {
		steps += "; minus mean, divided by std, per channel"
	}
	if mean := r.Transform.MeanImage(); mean != nil {
		content, _ := binary.Append(nil, binary.LittleEndian, mean) // a slice of float32 always works
		metadata["mean_image"] = base64.StdEncoding.EncodeToString(content)
		steps += "; minus mean_image (float32, little-endian, base64)"
	}
	metadata["pixels"] = plainPixels + cmp.Or(steps, ", as they are")
	return metadata
}

func normalizationMetadata(config configs.Config) map[string]string {
	n := config.Data.Normalize
	if n == nil {
		return make(map[string]string)
	}
	mean, _ := json.Marshal(n.Mean) // finite numbers always have a JSON form
	std, _ := json.Marshal(n.Std)
	return map[string]string{"mean": string(mean), "std": string(std)}
}

// trainedWeights reads a weights file of the run. It is an error if they were trained on
// other pixels than the config now makes of an image: what they give would be wrong.
func (r *Run) trainedWeights(file string) (*runfolder.Weights, error) {
	weights, err := runfolder.ReadWeights(file, r.Summary.Parameters)
	if err != nil {
		return nil, fmt.Errorf("%w; have it written again with: %s", err, shell.Command("-resume", r.Folder.Path))
	}
	metadata, now, changed := weights.Metadata, normalizationMetadata(r.Config), ""
	if metadata["mean"] != now["mean"] || metadata["std"] != now["std"] {
		changed = "data.normalize"
	} else if (metadata["mean_image"] != "") != r.Config.Data.Center {
		changed = "data.center"
	}
	if _, told := metadata["pixels"]; changed != "" && told { // it is not told where another program has written it
		return nil, Requestf("%s was trained with another %s than its %s says now, so what its weights give would be wrong: undo the change",
			r.Folder.Path, changed, runfolder.ConfigFile)
	}
	return weights, nil
}

// meanImage returns the mean image in the metadata of a weights file, or nil if there is
// none.
func meanImage(weights *runfolder.Weights, shape loaders.Shape) ([]float32, error) {
	if weights == nil || weights.Metadata["mean_image"] == "" {
		return nil, nil
	}
	content, err := base64.StdEncoding.DecodeString(weights.Metadata["mean_image"])
	if err != nil {
		err = fmt.Errorf("its mean_image: %w", err)
	} else if len(content) != 4*shape.Values() {
		err = fmt.Errorf("its mean_image has %d bytes, and an image of %v has %d values of 4 bytes", len(content), shape, shape.Values())
	}
	if err != nil {
		return nil, &runfolder.WeightsError{Path: weights.Path, Err: err}
	}
	mean := make([]float32, shape.Values())
	_, err = binary.Decode(content, binary.LittleEndian, mean)
	return mean, err
}
