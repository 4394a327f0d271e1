package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// Images is the value of an input node that takes images as bytes, uint8 (B, n).
// The images stay where they are: the rows need not lie side by side in a tensor.
type Images struct {
	Rows   [][]byte             // the rows that hold samples
	Tables *kernels.PixelTables // the value that each byte of each channel stands for
	Mean   []float32            // (n), subtracted from each image; nil for none

	shape tensor.Shape
}

// NewImages returns the value for an input node of that shape, (B, n).
func NewImages(shape tensor.Shape) *Images { return &Images{shape: shape.Clone()} }

// Shape is (B, n).
func (i *Images) Shape() tensor.Shape { return i.shape }

// Size is the number of bytes of a full batch.
func (i *Images) Size() int { return i.shape.TotalSize() }

// Data returns the rows.
func (i *Images) Data() any { return i.Rows }

// Dtype is uint8.
func (i *Images) Dtype() tensor.Dtype { return tensor.Byte }

// Uintptr is 0: the rows have no common address.
func (i *Images) Uintptr() uintptr { return 0 }

// MemSize is the number of bytes of a full batch.
func (i *Images) MemSize() uintptr { return uintptr(i.Size()) }

// Format writes the shape, whatever the verb.
func (i *Images) Format(state fmt.State, _ rune) { fmt.Fprintf(state, "images %v", i.shape) }

// linearOfImages returns the node y = x W^T + b, (B, 1), for images x, uint8
// (B, n), W (1, n) and b (1). Where the kernels can, they
// compute the pixels' values in the processor's registers and never store them;
// elsewhere the op writes them to memory once and its gradient reads them again.
func linearOfImages(live *Live, x, w, b *G.Node) (*G.Node, error) {
	batch, in := x.Shape()[0], x.Shape()[1]
	op := newKernel("linear", tensor.Shape{batch, 1}, x, w, b)
	y := op.elements()
	var pixels []float32 // (B, n), nil as long as nobody needs them
	op.compute = func(v [][]float32) {
		if images := op.images; images.multiply() {
			images.Tables.TimesVector(y[:live.Rows], images.Rows, images.Mean, v[1])
		} else {
			if pixels == nil {
				pixels = make([]float32, batch*in)
			}
			images.Tables.NormalizeRows(pixels, images.Rows, images.Mean)
			kernels.MatMulNT(y, pixels, v[1], live.Rows, 1, in)
		}
		Identity.addBias(live, y, v[2])
	}
	weightGradient := func(live *Live, dy, x *G.Node) (*G.Node, error) {
		op := newKernel("linear weight gradient", tensor.Shape{1, in}, dy, x)
		dw := op.elements()
		op.compute = func(v [][]float32) {
			if images := op.images; images.multiply() {
				images.Tables.VectorTimes(dw, v[0], images.Rows, images.Mean)
			} else {
				kernels.MatMulTN(dw, v[0], pixels, 1, in, live.Rows)
			}
		}
		return G.ApplyOp(op, dy, x)
	}
	return differentiableLayer(op, live, x, w, b, Identity, nil, weightGradient)
}

// multiply reports whether products can compute the pixels' values in registers.
func (i *Images) multiply() bool {
	return i.Tables.Multiplies(i.shape[1] / len(i.Tables.Values))
}
