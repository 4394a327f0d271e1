package exports

import (
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"cifartrain/internal/reports"
	"cifartrain/loaders"
)

// A Demo is a model that a page runs in the browser, without a server: a decoder
// whose code the reader moves, or a classifier for which the reader draws pictures.
type Demo struct {
	Title   string // of the run
	Trained string // says in words what the model is and what it was trained on
	Classes []string
	Layers  []DemoLayer // all layers of a decoder, or the single layer of a classifier
	Mean    DemoFloats  // of the training images, as the model subtracts it; nil for none
	Norm    *loaders.Normalization
	Samples []DemoSample

	Channels, Height, Width int // of an image

	// Only a decoder has these.
	Latent     int
	Center     DemoFloats   // (latent), the mean code
	Directions []DemoFloats // (latent) each, of unit length
	Spreads    []float64    // the codes' standard deviation along each direction
	Shares     []float64    // of all variance
}

// A DemoLayer computes W x + b, followed by max(0, .) if ReLU is set.
type DemoLayer struct {
	In, Out int
	Weights DemoFloats // (out, in)
	Bias    DemoFloats // (out)
	ReLU    bool
}

// A DemoSample is an image to start from.
type DemoSample struct {
	Name   string
	Pixels []byte     // one channel's plane after another
	Code   DemoFloats // only for a decoder
}

// DemoFloats are float32 values. In JSON they are the base64 of their bytes,
// little-endian.
type DemoFloats []float32

// MarshalJSON implements json.Marshaler.
func (f DemoFloats) MarshalJSON() ([]byte, error) {
	content, err := binary.Append(nil, binary.LittleEndian, []float32(f))
	if err != nil {
		return nil, err
	}
	return json.Marshal(content) // null for no values
}

// What the pages of demos are made of.
var (
	//go:embed demo.js
	demoScript string
	//go:embed demo_decoder.html
	decoderText string
	//go:embed demo_decoder.js
	decoderScript string
	//go:embed demo_classifier.html
	classifierText string
	//go:embed demo_classifier.js
	classifierScript string
)

var (
	decoderTemplate    = reports.NewPage(decoderText, demoScript+decoderScript)
	classifierTemplate = reports.NewPage(classifierText, demoScript+classifierScript)
)

// WriteDemo writes the page of a demo.
func WriteDemo(w io.Writer, demo Demo) error {
	page := decoderTemplate
	if demo.Latent == 0 {
		page = classifierTemplate
	}
	if err := page.Execute(w, demo); err != nil {
		return fmt.Errorf("writing the demo: %w", err)
	}
	return nil
}
