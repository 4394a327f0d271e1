package ops

import (
	"math"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// mse builds factor * MSE over a batch of the given rows, with the gradient by
// the prediction, a parameter, unless factor is 0.
func mse(t *testing.T, live *Live, prediction, target *tensor.Dense, factor float32) (loss, parameter *G.Node, machine G.VM) {
	t.Helper()
	g := G.NewGraph()
	parameter = G.NewMatrix(g, tensor.Float32, G.WithName("p"), G.WithShape(prediction.Shape()...), G.WithValue(prediction))
	y := G.NewMatrix(g, tensor.Float32, G.WithName("y"), G.WithShape(target.Shape()...), G.WithValue(target))
	loss = must(t)(MSE(live, parameter, y))
	if factor != 0 {
		scaled := loss
		if factor != 1 {
			scaled = must(t)(G.Mul(loss, G.NewConstant(factor, G.WithName("factor"))))
		}
		if _, err := G.Grad(scaled, parameter); err != nil {
			t.Fatal(err)
		}
	}
	machine = G.NewTapeMachine(g)
	t.Cleanup(func() { machine.Close() })
	return loss, parameter, machine
}

// TestMSE compares the loss, alone and with its gradient by upstreams of 1 and
// others, with the formula; the last row is not live.
func TestMSE(t *testing.T) {
	nan := float32(math.NaN())
	for _, factor := range []float32{0, 1, 3} {
		live := &Live{2}
		prediction, target := dense([]float32{1, 2, 3, 4, nan, nan}, 3, 2), dense([]float32{0, 4, 3, 5, nan, nan}, 3, 2)
		loss, parameter, machine := mse(t, live, prediction, target, factor)
		for range 3 {
			err := machine.RunAll()
			machine.Reset()
			if err != nil {
				t.Fatal(err)
			}
			if got := *loss.Value().(*G.F32); got != 6./4 {
				t.Fatalf("factor %v: the loss is %v, want 1.5", factor, got)
			}
			if factor == 0 {
				continue
			}
			gradient, err := parameter.Grad()
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []float32{0.5, -1, 0, -0.5} {
				if got := gradient.Data().([]float32)[i]; got != factor*want {
					t.Errorf("factor %v: gradient %d is %v, want %v", factor, i, got, factor*want)
				}
			}
		}
	}
}

// TestOneGradient proves that a second gradient is refused: the loss computes
// one, and only the last would be filled.
func TestOneGradient(t *testing.T) {
	loss, parameter, _ := mse(t, &Live{1}, dense([]float32{1}, 1, 1), dense([]float32{2}, 1, 1), 1)
	_, err := loss.Op().(*kernel).SymDiff(G.Nodes{parameter, parameter}, loss, loss)
	if err == nil || !strings.Contains(err.Error(), "mse: has its gradient already") {
		t.Errorf("the error is %v", err)
	}
}
