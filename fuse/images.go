package fuse

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// Images are float32 values (B, n) that are kept as bytes. They can be bound to an
// input whose users in a fused graph [TakesImages] accepts: a product with a single
// column computes the values in the processor's registers and never stores them,
// where it can, and otherwise writes them to memory once for each batch.
type Images struct {
	rows   [][]byte
	tables *kernels.PixelTables
	mean   []float32

	shape  tensor.Shape
	pixels []float32 // (B, n), nil as long as nobody needs them
	ready  bool      // whether pixels are those of rows
}

// NewImages returns the value for an input of that shape, (B, n).
func NewImages(shape tensor.Shape) *Images { return &Images{shape: shape.Clone()} }

// Set gives the images of the next run: B rows of n bytes, the value that each
// byte of each channel stands for, and what is subtracted from each image, (n),
// nil for nothing. The rows stay where they are and must not change in the run.
func (i *Images) Set(rows [][]byte, tables *kernels.PixelTables, mean []float32) error {
	if len(rows) != i.shape[0] {
		return fmt.Errorf("%d images do not fit a batch of %d", len(rows), i.shape[0])
	}
	i.rows, i.tables, i.mean, i.ready = rows, tables, mean, false
	return nil
}

// TakesImages reports whether an input of a fused graph can be bound to [Images]
// and something is gained by it.
func TakesImages(graph *G.ExprGraph, input *G.Node) bool {
	takes := false
	for _, n := range graph.AllNodes() {
		for _, operand := range operands(n) {
			if operand != input {
				continue
			}
			user, ours := n.Op().(*op)
			if !ours || !user.readsImages {
				return false
			}
			takes = true
		}
	}
	return takes
}

// multiply reports whether products can compute the pixels' values in registers.
func (i *Images) multiply() bool {
	return i.tables.Multiplies(i.shape[1] / len(i.tables.Values))
}

// timesVector sets y (B) to the products of the images with x (n).
func (i *Images) timesVector(y, x []float32) { i.tables.TimesVector(y, i.rows, i.mean, x) }

// vectorTimes sets y (n) to the sum of the images, each times its number in x (B).
func (i *Images) vectorTimes(y, x []float32) { i.tables.VectorTimes(y, x, i.rows, i.mean) }

// values returns the images' values, (B, n).
func (i *Images) values() []float32 {
	if i.pixels == nil {
		i.pixels = make([]float32, i.Size())
	}
	if !i.ready {
		i.tables.NormalizeRows(i.pixels, i.rows, i.mean)
		i.ready = true
	}
	return i.pixels
}

// Shape is (B, n).
func (i *Images) Shape() tensor.Shape { return i.shape }

// Size is the number of values of a batch.
func (i *Images) Size() int { return i.shape.TotalSize() }

// Data returns the rows.
func (i *Images) Data() any { return i.rows }

// Dtype is float32, the type of the values that the bytes stand for.
func (i *Images) Dtype() tensor.Dtype { return tensor.Float32 }

// Uintptr is 0: the rows have no common address.
func (i *Images) Uintptr() uintptr { return 0 }

// MemSize is the number of bytes of a batch.
func (i *Images) MemSize() uintptr { return uintptr(i.Size()) }

// Format writes the shape, whatever the verb.
func (i *Images) Format(state fmt.State, _ rune) { fmt.Fprintf(state, "images %v", i.shape) }
