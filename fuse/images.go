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
	*tensor.Dense // (B, n), computed when an op first needs it

	rows   [][]byte
	tables *kernels.PixelTables
	mean   []float32
	ready  bool // whether Dense holds the values of rows
}

// NewImages returns the value for an input of that shape, (B, n).
func NewImages(shape tensor.Shape) *Images {
	return &Images{Dense: tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))}
}

// Set gives the images of the next run: B rows of n bytes, the value that each
// byte of each channel stands for, and what is subtracted from each image, (n),
// nil for nothing. The rows stay where they are and must not change in the run.
func (i *Images) Set(rows [][]byte, tables *kernels.PixelTables, mean []float32) error {
	if len(rows) != i.Shape()[0] {
		return fmt.Errorf("%d images do not fit a batch of %d", len(rows), i.Shape()[0])
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
	return i.tables.Multiplies(i.Shape()[1] / len(i.tables.Values))
}

// values returns the images' values, (B, n).
func (i *Images) values() []float32 {
	if !i.ready {
		i.tables.NormalizeRows(i.Float32s(), i.rows, i.mean)
		i.ready = true
	}
	return i.Float32s()
}
