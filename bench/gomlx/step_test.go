// Package gomlx times gomlx, Go's other trainer of expression graphs, on its
// backend in pure Go, at the steps that BenchmarkStep of internal/runs times.
package gomlx

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/backends/simplego"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/gomlx/gomlx/pkg/ml/context"
	"github.com/gomlx/gomlx/pkg/ml/layers"
	"github.com/gomlx/gomlx/pkg/ml/train"
	"github.com/gomlx/gomlx/pkg/ml/train/losses"
	"github.com/gomlx/gomlx/pkg/ml/train/optimizers"
)

const pixels, hidden, latent = 3072, 128, 32

// BenchmarkStep trains on one batch of noise again and again.
func BenchmarkStep(b *testing.B) {
	sgd := optimizers.StochasticGradientDescent().WithDecay(false).WithLearningRate(0.1).Done()
	adam := func() optimizers.Interface { return optimizers.Adam().LearningRate(1e-3).Done() }
	for _, m := range []struct {
		name      string
		rows      int
		model     train.ModelFn
		loss      losses.LossFn
		optimizer optimizers.Interface
	}{
		{"svm", 64, scores, hinge, sgd},
		{"autoencoder", 128, restored, losses.MeanSquaredError, adam()},
		{"autoencoder_tied", 128, restoredTied, losses.MeanSquaredError, adam()},
	} {
		b.Run(m.name+"/gomlx", func(b *testing.B) {
			images, labels := noise(m.rows)
			targets := images
			if m.name == "svm" {
				targets = labels
			}
			trainer := train.NewTrainer(simplego.GetBackend(), context.New(), m.model, m.loss, m.optimizer, nil, nil)
			for b.Loop() {
				results, err := trainer.TrainStep(nil, []*tensors.Tensor{images}, []*tensors.Tensor{targets})
				if err != nil {
					b.Fatal(err)
				}
				_ = results[0].Value()
			}
		})
	}
}

// noise is a batch of images (rows, 3072) and of labels (rows, 1), -1 or +1.
func noise(rows int) (images, labels *tensors.Tensor) {
	random := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float32, rows*pixels), make([]float32, rows)
	for i := range x {
		x[i] = random.Float32()
	}
	for i := range y {
		y[i] = float32(2*(i%2) - 1)
	}
	return tensors.FromFlatDataAndDimensions(x, rows, pixels), tensors.FromFlatDataAndDimensions(y, rows, 1)
}

// scores adds the weight decay of 0.5 to the loss, since gomlx's SGD has none.
func scores(ctx *context.Context, _ any, inputs []*Node) []*Node {
	out := layers.DenseWithBias(ctx, inputs[0], 1)
	for v := range ctx.IterVariables() {
		if v.Trainable {
			train.AddLoss(ctx, MulScalar(ReduceAllSum(Square(v.ValueGraph(inputs[0].Graph()))), 0.25))
		}
	}
	return []*Node{out}
}

func hinge(labels, predictions []*Node) *Node {
	margin := OneMinus(Mul(labels[0], predictions[0]))
	return ReduceAllMean(Max(margin, ZerosLike(margin)))
}

func restored(ctx *context.Context, _ any, inputs []*Node) []*Node {
	x := relu(layers.DenseWithBias(ctx.In("encoder_0"), inputs[0], hidden))
	x = layers.DenseWithBias(ctx.In("encoder_2"), x, latent)
	x = relu(layers.DenseWithBias(ctx.In("decoder_0"), x, hidden))
	return []*Node{layers.DenseWithBias(ctx.In("decoder_2"), x, pixels)}
}

func restoredTied(ctx *context.Context, _ any, inputs []*Node) []*Node {
	x := inputs[0]
	variable := func(name string, shape ...int) *Node {
		return ctx.VariableWithShape(name, shapes.Make(x.DType(), shape...)).ValueGraph(x.Graph())
	}
	w1, w2 := variable("enc_fc1.weight", pixels, hidden), variable("enc_fc2.weight", hidden, latent)
	affine := func(x, w *Node, bias string) *Node {
		return Add(Dot(x, w), InsertAxes(variable(bias, w.Shape().Dimensions[1]), 0))
	}
	code := affine(relu(affine(x, w1, "enc_fc1.bias")), w2, "enc_fc2.bias")
	return []*Node{affine(relu(affine(code, Transpose(w2, 0, 1), "dec_fc1_bias")), Transpose(w1, 0, 1), "dec_fc2_bias")}
}

func relu(x *Node) *Node { return Max(x, ZerosLike(x)) }
