package training_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
	"cifartrain/solvers"
	"cifartrain/training"
)

// TestNetworksParityWithTorch trains MLPs and autoencoders, each with one thing more
// than plain layers, from PyTorch's weights in PyTorch's order; see
// testdata/parity_networks.py.
func TestNetworksParityWithTorch(t *testing.T) {
	file := readFigures[struct {
		Seed  int
		Cases []struct {
			Name, Kind, Activation string
			Hidden                 []int
			Latent, Classes        int
			Dropout, Noise         float64
			BatchNorm              bool    `json:"batch_norm"`
			LearningRate           float64 `json:"learning_rate"`
			Epochs                 []parityEpoch
			State                  map[string][]float64 // norm and first values
		}
	}](t, "parity_networks.json")
	if len(file.Cases) != 14 {
		t.Fatalf("%d cases, want 14", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			architecture := newModel(c.Kind, graphs.Spec{
				Classes: c.Classes, Hidden: c.Hidden, Latent: c.Latent,
				Activation: c.Activation, BatchNorm: c.BatchNorm, Dropout: c.Dropout, Noise: c.Noise,
			})
			weights := formulaModel(architecture, file.Seed)
			transform := quarters()
			if c.Kind != "mlp" {
				transform = loaders.NewTransform(cifar.Shape, nil)
			}
			loop := newParityLoop(t, classSet(c.Classes), transform, 64, 128, c.LearningRate)
			loop.Architecture, loop.Weights = architecture, weights
			loop.Solver = solvers.NewSGD(c.LearningRate, 0.9, 0, false)
			loop.Random = func(string) *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
			for i := range c.Epochs { // the script leaves accuracies to others
				c.Epochs[i].TrainAccuracy, c.Epochs[i].ValidationAccuracy = math.NaN(), math.NaN()
			}
			compareWithTorch(t, loop, c.Epochs, parityTolerance)
			tensors := weights.ByName()
			for name, want := range c.State {
				values := tensors[name].Float32s()
				for i, got := range []float64{norm(values), float64(values[0]), float64(values[1]), float64(values[2])} {
					if math.Abs(got-want[i]) > parityTolerance*want[0] {
						t.Errorf("%s: norm and first values %d is %g, PyTorch's %g", name, i, got, want[i])
					}
				}
			}
			if count := tensors[strings.TrimSuffix(architecture.Parameters[0].Name, "0.weight")+"1.num_batches_tracked"]; c.BatchNorm && count != nil && count.Float32s()[0] != 60 {
				t.Errorf("%g batches are counted, want 60", count.Float32s()[0])
			}
		})
	}
}

// TestRandomnessOfSteps looks at the first hidden layer's dropout through what reaches
// the weights after it: with a learning rate of 0, the training losses of epochs differ
// where masks differ, and the validation loss stays.
func TestRandomnessOfSteps(t *testing.T) {
	losses := func(seed uint64) (losses []float64) {
		architecture := newModel("mlp", graphs.Spec{Hidden: []int{24}, Dropout: 0.5})
		loop := newParityLoop(t, classSet(2), quarters(), 64, 128, 0)
		loop.Architecture, loop.Epochs, loop.Solver = architecture, 3, solvers.NewSGD(0, 0, 0, false)
		loop.Weights = architecture.Initialize(func(string) *rand.Rand { return rand.New(rand.NewPCG(1, 1)) })
		loop.Random = func(purpose string) *rand.Rand {
			h := seed
			for _, letter := range purpose {
				h = 31*h + uint64(letter)
			}
			return rand.New(rand.NewPCG(h, 0))
		}
		loop.AfterStep = func(p training.Progress) { losses = append(losses, p.Loss) }
		result := train(t, loop)
		for _, epoch := range result.History {
			if epoch.ValidationLoss != result.History[0].ValidationLoss {
				t.Errorf("epoch %d: the validation loss is %g, without a step %g", epoch.Number, epoch.ValidationLoss, result.History[0].ValidationLoss)
			}
		}
		return losses
	}
	first, again, other := losses(1), losses(1), losses(2)
	for i := range first {
		if first[i] != again[i] || first[i] == other[i] || i >= 6 && first[i] == first[i-6] {
			t.Errorf("step %d: losses %g, with the same seed %g, with another %g", i+1, first[i], again[i], other[i])
		}
	}
}

// classSet are the scripts' made-up images, image i being of class i % classes.
func classSet(classes int) *loaders.Set {
	dataset, _ := formulaImages()
	var records []byte
	dataset.Classes = strings.Split("abcdefghij"[:classes], "")
	for i := range dataset.Train.Len() {
		records = append(append(records, byte(i%classes)), dataset.Train.Pixels(i)...)
	}
	dataset.Train = loaders.NewImages(dataset.Shape, records)
	return selectClasses(dataset)
}
