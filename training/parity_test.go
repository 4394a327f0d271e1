package training_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"cifartrain/graphs"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
	"cifartrain/solvers"
	"cifartrain/training"
)

// parityTolerance is how far a loss may be from PyTorch's, relatively. Both add
// up float32 products in different orders; PyTorch itself is up to 1e-6 from
// its own float64 on these cases (float32_noise in the file).
const parityTolerance = 1e-5

// A parityEpoch is what PyTorch measured in an epoch. Accuracies are those of
// classifiers.
type parityEpoch struct {
	TrainLoss          float64 `json:"train_loss"`
	ValidationLoss     float64 `json:"val_loss"`
	TrainAccuracy      float64 `json:"train_accuracy"`
	ValidationAccuracy float64 `json:"val_accuracy"`
	LearningRate       float64 `json:"learning_rate"` // 0 where it is constant
}

// readFigures reads a file of testdata that one of its scripts wrote.
func readFigures[F any](t *testing.T, name string) (figures F) {
	t.Helper()
	if err := json.Unmarshal(must(os.ReadFile("testdata/"+name)), &figures); err != nil {
		t.Fatal(err)
	}
	return figures
}

// formulaImages are the images that the script makes up, with their sum.
func formulaImages() (*loaders.Dataset, string) {
	var records []byte
	for i := range uint32(500) {
		label := i % 2
		if i%11 == 0 {
			label = 1 - label
		}
		records = append(records, byte(label))
		for p := range uint32(cifar.Shape.Values()) {
			h := i*73856093 ^ p*19349663
			h ^= h >> 13
			h *= 1274126177
			h ^= h >> 16
			base := uint32(112)
			if p/8%3 == p/1024 {
				base = 96 + 4*(i%2)
			}
			records = append(records, byte(base-i*7%41+h>>26))
		}
	}
	dataset := &loaders.Dataset{Name: "formula", Shape: cifar.Shape, Classes: []string{"first", "second"}, Train: loaders.NewImages(cifar.Shape, records)}
	return dataset, fmt.Sprintf("%x", sha256.Sum256(records))
}

// TestParityWithTorch trains the SVM from PyTorch's weights in PyTorch's order
// and compares every epoch's figures; see testdata/parity_svm.py.
func TestParityWithTorch(t *testing.T) {
	file := readFigures[struct {
		FormulaSum string `json:"formula_sha256"`
		Cases      []struct {
			Dataset, Name string
			C, Momentum   float64
			Nesterov      bool
			LearningRate  float64 `json:"learning_rate"`
			WeightDecay   float64 `json:"weight_decay"`
			Epochs        []parityEpoch
			FinalBias     float64 `json:"final_bias"`
			FinalWeightL2 float64 `json:"final_weight_l2"`
		}
	}](t, "parity_svm.json")
	if _, sum := formulaImages(); sum != file.FormulaSum {
		t.Fatalf("the made-up images have the sum %s, the script's %s", sum, file.FormulaSum)
	}
	for _, c := range file.Cases {
		t.Run(c.Dataset+"/"+c.Name, func(t *testing.T) {
			loop := newParityLoop(t, paritySet(t, c.Dataset), quarters(), 64, 128, c.LearningRate)
			loop.Architecture, loop.Weights = paritySVM(graphs.Spec{C: c.C})
			loop.Solver = solvers.NewSGD(c.LearningRate, c.Momentum, c.WeightDecay, c.Nesterov)
			compareWithTorch(t, loop, c.Epochs, parityTolerance)
			if l2 := norm(loop.Weights[0].Value.Float32s()); math.Abs(l2/c.FinalWeightL2-1) > parityTolerance {
				t.Errorf("the weights end with the norm %.9g, PyTorch's with %.9g", l2, c.FinalWeightL2)
			}
			// The bias is a small sum of large steps of both signs: compare with the
			// scale of one step.
			if bias := float64(loop.Weights[1].Value.Float32s()[0]); math.Abs(bias-c.FinalBias) > parityTolerance {
				t.Errorf("the bias ends at %.9g, PyTorch's at %.9g", bias, c.FinalBias)
			}
		})
	}
}

// paritySet is the set of images that the scripts call by that name.
func paritySet(t *testing.T, name string) *loaders.Set {
	t.Helper()
	if name == "formula" {
		dataset, _ := formulaImages()
		return selectClasses(dataset)
	}
	dir := os.Getenv("CIFAR10_DIR")
	if dir == "" {
		t.Skip("needs the real CIFAR-10; set CIFAR10_DIR to its folder")
	}
	dataset := must(cifar.Ten.Open(t.Context(), dir))
	return selectClasses(dataset, "frog", "horse")
}

// selectClasses are the training images of the named classes, of all where none
// is named.
func selectClasses(dataset *loaders.Dataset, classes ...string) *loaders.Set {
	return must(dataset.Select(dataset.Train, classes))
}

// paritySVM is the SVM over two classes with the spec's loss, and the weights
// that PyTorch started from.
func paritySVM(spec graphs.Spec) (*graphs.Architecture, graphs.Weights) {
	architecture := newModel("linear_svm", spec)
	held := must(runfolder.ReadWeights("testdata/svm_init.safetensors", 0))
	return architecture, must(architecture.Load(held.Tensors))
}

// newParityLoop is a run without shuffling on a set, of which the last 0.3 validate. Its
// rate is constant.
func newParityLoop(t *testing.T, set *loaders.Set, transform *loaders.Transform, size, evaluationSize int, rate float64) *training.Loop {
	t.Helper()
	train, validation, err := set.Split(0.3, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &training.Loop{
		Schedule:          func(int) float64 { return rate },
		TrainBatcher:      loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: size}),
		TrainEvalBatcher:  loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: evaluationSize}),
		ValidationBatcher: loaders.NewBatcher(validation, transform, loaders.BatchOptions{Size: evaluationSize}),
	}
}

// quarters normalizes pixels as the scripts of the classifiers do.
func quarters() *loaders.Transform {
	quarter := []float32{0.25, 0.25, 0.25}
	return loaders.NewTransform(cifar.Shape, &loaders.Normalization{Mean: quarter, Std: quarter})
}

// compareWithTorch trains the run and compares every epoch's figures with PyTorch's:
// losses to the tolerance, relatively, and accuracies to an image, since one whose
// score is next to zero, or next to another, may fall on either side.
func compareWithTorch(t *testing.T, loop *training.Loop, epochs []parityEpoch, tolerance float64) {
	t.Helper()
	loop.Epochs = len(epochs)
	result := train(t, loop)
	worst, image := 0.0, func(set *loaders.Batcher) float64 { return 1.5 / float64(set.Set.Len()) }
	for i, want := range epochs {
		got := result.History[i]
		off := max(math.Abs(got.TrainLoss/want.TrainLoss-1), math.Abs(got.ValidationLoss/want.ValidationLoss-1))
		if !(off <= tolerance) || math.Abs(got.TrainAccuracy-want.TrainAccuracy) > image(loop.TrainEvalBatcher) ||
			math.Abs(got.ValidationAccuracy-want.ValidationAccuracy) > image(loop.ValidationBatcher) ||
			want.LearningRate != 0 && math.Abs(got.LearningRate/want.LearningRate-1) > 1e-12 {
			t.Errorf("epoch %d: %+v, PyTorch's %+v", i+1, got, want)
		}
		worst = max(worst, off)
	}
	t.Logf("largest relative difference of a loss over %d epochs: %.2g", len(epochs), worst)
}

// norm is the square root of the values' sum of squares.
func norm(values []float32) float64 {
	squares := 0.0
	for _, v := range values {
		squares += float64(v) * float64(v)
	}
	return math.Sqrt(squares)
}
