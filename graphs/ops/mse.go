package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/internal/kernels"
)

// MSE returns the scalar node mean((prediction - target)^2) over all elements
// of the live rows of prediction and target, both (B, n). The target is data:
// it has no gradient.
func MSE(live *Live, prediction, target *G.Node) (*G.Node, error) {
	if prediction.Dims() != 2 || !prediction.Shape().Eq(target.Shape()) {
		return nil, fmt.Errorf("mse: prediction %v and target %v do not fit: want both (B, n)", prediction.Shape(), target.Shape())
	}
	width := prediction.Shape()[1]
	op, loss := newLoss("mse", live, prediction, target)
	op.compute = func(v [][]float32) {
		n := live.Rows * width
		predictions, targets := v[0][:n], v[1][:n]
		if loss.gradient == nil {
			*loss.value = G.F32(kernels.MSE(predictions, targets))
		} else {
			*loss.value = G.F32(kernels.MSEWithGradient(loss.gradient[:n], predictions, targets))
		}
	}
	return G.ApplyOp(op, prediction, target)
}
