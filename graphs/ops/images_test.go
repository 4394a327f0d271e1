package ops

import (
	"fmt"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func TestLinearOfImagesGivesOneSum(t *testing.T) {
	for _, c := range []struct {
		outputs    int
		activation Activation
		want       string
	}{
		{1, Identity, "<nil>"},
		{2, Identity, "linear: images as bytes give one sum without an activation, not 2"},
		{1, ReLU, "linear: images as bytes give one sum without an activation, not 1"},
	} {
		g := G.NewGraph()
		x := G.NewMatrix(g, tensor.Byte, G.WithName("images"), G.WithShape(4, 12))
		w := G.NewMatrix(g, tensor.Float32, G.WithName("w"), G.WithShape(c.outputs, 12))
		b := G.NewVector(g, tensor.Float32, G.WithName("b"), G.WithShape(c.outputs))
		if _, err := Linear(&Live{Rows: 4}, x, w, b, c.activation); fmt.Sprint(err) != c.want {
			t.Errorf("%d outputs, activation %d: error %q, want %q", c.outputs, c.activation, err, c.want)
		}
	}
}

// TestImagesAsAValue checks what Gorgonia asks a value for, and that it prints
// without its pixels.
func TestImagesAsAValue(t *testing.T) {
	var v G.Value = NewImages(tensor.Shape{4, 12})
	if !v.Shape().Eq(tensor.Shape{4, 12}) || v.Dtype() != tensor.Byte || v.Size() != 48 || v.MemSize() != 48 {
		t.Errorf("shape %v, type %v, size %d, %d bytes", v.Shape(), v.Dtype(), v.Size(), v.MemSize())
	}
	if got := fmt.Sprintf("%v", v); got != "images (4, 12)" {
		t.Errorf("it prints as %q", got)
	}
}
