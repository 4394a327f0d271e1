package training_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/solvers"
	"cifartrain/training"
)

// random derives streams for tests.
func random(purpose string) *rand.Rand {
	seed := uint64(14695981039346656037)
	for _, b := range []byte(purpose) {
		seed = (seed ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed, 1))
}

// newModel is a model of a kind, by default of CIFAR-10's images of two classes and with
// torch's weights.
func newModel(kind string, spec graphs.Spec) *graphs.Architecture {
	if spec.Inputs, spec.Init = 3072, "torch"; spec.Classes == 0 {
		spec.Classes = 2
	}
	return must(graphs.New(graphs.Kinds, kind, spec))
}

// train trains a run to its end.
func train(t testing.TB, loop *training.Loop) training.Result {
	return must(loop.Train(t.Context()))
}

// newLoop is a run of the SVM on the made-up images: 350 train in batches of 64,
// 150 validate.
func newLoop(t testing.TB, learningRate float64) *training.Loop {
	t.Helper()
	dataset, _ := formulaImages()
	train, validation, err := selectClasses(dataset).Split(0.3, random("split"))
	if err != nil {
		t.Fatal(err)
	}
	architecture := newModel("linear_svm", graphs.Spec{C: 0.1})
	transform := loaders.NewTransform(dataset.Shape, nil)
	return &training.Loop{
		Architecture:      architecture,
		Weights:           architecture.Initialize(random),
		Solver:            solvers.NewSGD(learningRate, 0.9, 0.01, false),
		Schedule:          func(int) float64 { return learningRate },
		TrainBatcher:      loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 64, Shuffle: true, Flip: true, Random: random}),
		TrainEvalBatcher:  loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 100}),
		ValidationBatcher: loaders.NewBatcher(validation, transform, loaders.BatchOptions{Size: 100}),
		Epochs:            6,
	}
}

// values are all of the weights' elements.
func values(weights graphs.Weights) (all []float32) {
	for _, w := range weights {
		all = append(all, w.Value.Float32s()...)
	}
	return all
}

// newNetworkLoop is newLoop of an MLP with everything that a hidden layer may have.
func newNetworkLoop(t testing.TB) *training.Loop {
	t.Helper()
	architecture := newModel("mlp", graphs.Spec{Hidden: []int{256}, Activation: "gelu", BatchNorm: true, Dropout: 0.2})
	loop := newLoop(t, 0.01)
	loop.Architecture, loop.Weights, loop.Random, loop.Epochs = architecture, architecture.Initialize(random), random, 1
	return loop
}

func TestSameSeedSameNumbers(t *testing.T) {
	for name, new := range map[string]func() *training.Loop{
		"svm": func() *training.Loop { return newLoop(t, 0.01) },
		"mlp": func() *training.Loop { return newNetworkLoop(t) },
	} {
		var history metrics.History
		var weights []float32
		for _, processors := range []int{1, 2, 4, 16, 64} {
			func() {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
				loop := new()
				got := train(t, loop).History
				if history == nil {
					history, weights = got, values(loop.Weights)
				}
				if diff := cmp.Diff(history, got, cmpopts.EquateNaNs(), ignoreSeconds) + cmp.Diff(weights, values(loop.Weights)); diff != "" {
					t.Errorf("%s: with GOMAXPROCS %d history and weights differ:\n%s", name, processors, diff)
				}
			}()
		}
	}
}

func TestBestWeightsAreThoseOfTheBestEpoch(t *testing.T) {
	loop := newLoop(t, 0.05)
	result := train(t, loop)
	got := must(training.NewEvaluator(loop.Architecture, result.Best).Evaluate(t.Context(), loop.ValidationBatcher))
	if best := result.History[result.History.Best()]; got.Loss != best.ValidationLoss {
		t.Errorf("the best weights score %g, their epoch scored %g", got.Loss, best.ValidationLoss)
	}
}

// TestEarlyStopping resumes the stopped run, too, which finds it at its end.
func TestEarlyStopping(t *testing.T) {
	stopping := func() *training.Loop {
		loop := newLoop(t, 0.5) // too high to get better for long
		loop.Epochs, loop.EarlyStopping = 200, 3
		return loop
	}
	saved, result := states(t, stopping())
	if waited := len(result.History) - 1 - result.History.Best(); waited != 3 || !result.Stopped {
		t.Errorf("it stopped (%v) after %d epochs without progress, want 3", result.Stopped, waited)
	}
	again := stopping()
	if err := again.Restore(saved[len(saved)-1]); err != nil {
		t.Fatal(err)
	}
	if got := train(t, again); !got.Stopped || len(got.History) != len(result.History) {
		t.Errorf("resumed: %d epochs, stopped %v, want %d, true", len(got.History), got.Stopped, len(result.History))
	}
}

// TestDivergenceIsAnError has weights overflow in a step whose loss was finite: the
// state before must stay the last.
func TestDivergenceIsAnError(t *testing.T) {
	loop := newLoop(t, 1e30)
	loop.SaveEvery = 1
	loop.SaveState = func(s *training.State) error {
		for _, one := range s.Tensors["weights"] {
			for _, x := range one.Float32s() {
				if math.IsInf(float64(x), 0) || math.IsNaN(float64(x)) {
					t.Fatalf("a state holds the weight %g", x)
				}
			}
		}
		return nil
	}
	result, err := loop.Train(t.Context())
	var diverged *training.DivergedError
	if !errors.As(err, &diverged) {
		t.Fatalf("error is %v, want a DivergedError", err)
	}
	if diverged.LearningRate != 1e30 || diverged.Epoch != len(result.History)+1 || !strings.Contains(err.Error(), "optimizer.learning_rate") {
		t.Errorf("it names epoch %d and learning rate %g: %q", diverged.Epoch, diverged.LearningRate, err)
	}
}

// TestDeadUnits pushes units out of reach with their biases, and finds them dead in the
// whole set and in an epoch's share of the first layer.
func TestDeadUnits(t *testing.T) {
	for _, kind := range []string{"autoencoder", "tied_autoencoder"} {
		loop := newAutoencoderLoop(t, kind)
		kill := map[string]int{"encoder.0.bias": 3, "decoder.0.bias": 1, "enc_fc1.bias": 3, "dec_fc1_bias": 1}
		for _, w := range loop.Weights {
			for unit := range w.Value.Float32s() {
				if count := kill[w.Name]; unit < count {
					w.Value.Float32s()[unit] = -1e6
				} else if count > 0 {
					w.Value.Float32s()[unit] = 1e6
				}
			}
		}
		evaluator := training.NewEvaluator(loop.Architecture, loop.Weights)
		got := must(evaluator.DeadUnits(t.Context(), loop.ValidationBatcher))
		names := [2]string{"encoder.0", "decoder.0"}
		if kind == "tied_autoencoder" {
			names = [2]string{"enc_fc1", "dec_fc1"}
		}
		want := []metrics.DeadUnits{{Layer: names[0], Dead: 3, Units: 8}, {Layer: names[1], Dead: 1, Units: 8}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		loop.Epochs = 1
		if share := train(t, loop).History[0].Layers[0].Dead; share != 3./8 {
			t.Errorf("%s: a share of %g is dead, want 3 of 8", kind, share)
		}
	}
}

// newAutoencoderLoop is a run of a small autoencoder on the made-up images, in
// batches of 7.
func newAutoencoderLoop(t testing.TB, kind string) *training.Loop {
	t.Helper()
	loop := newLoop(t, 0.001)
	architecture := newModel(kind, graphs.Spec{Hidden: []int{8}, Latent: 4})
	loop.Architecture, loop.Weights = architecture, architecture.Initialize(random)
	loop.Solver = solvers.NewAdam(0.001, [2]float64{0.9, 0.999}, 1e-8, 0)
	loop.TrainBatcher = loaders.NewBatcher(loop.TrainBatcher.Set, loaders.NewTransform(loop.TrainBatcher.Set.Shape, nil), loaders.BatchOptions{Size: 7, Shuffle: true, Random: random})
	return loop
}

// TestSteadyState holds training to few allocations, since the graph's ops own
// their outputs, and to a memory that does not grow over 10,000 steps.
func TestSteadyState(t *testing.T) {
	for name, loop := range map[string]*training.Loop{
		"svm":              newLoop(t, 0.001),
		"autoencoder":      newAutoencoderLoop(t, "autoencoder"),
		"tied_autoencoder": newAutoencoderLoop(t, "tied_autoencoder"),
	} {
		t.Run(name, func(t *testing.T) {
			steps := loop.TrainBatcher.NumBatches()
			warm := 10
			loop.Epochs = warm + (10_000+steps-1)/steps
			var before, after runtime.MemStats
			loop.AfterEpoch = func(e metrics.Epoch) error {
				switch e.Number {
				case warm:
					runtime.GC()
					runtime.ReadMemStats(&before)
				case loop.Epochs:
					runtime.GC()
					runtime.ReadMemStats(&after)
				}
				return nil
			}
			train(t, loop)
			evaluations := loop.ValidationBatcher.NumBatches()
			if loop.Architecture.Task.Classifies() {
				evaluations += loop.TrainEvalBatcher.NumBatches()
			}
			batches := float64((loop.Epochs - warm) * (steps + evaluations))
			allocations := float64(after.Mallocs-before.Mallocs) / batches
			bytes := float64(after.TotalAlloc-before.TotalAlloc) / batches
			growth := int64(after.HeapAlloc) - int64(before.HeapAlloc)
			t.Logf("%.0f allocations and %.0f bytes a batch; the heap grew by %d bytes over %d steps", allocations, bytes, growth, (loop.Epochs-warm)*steps)
			if allocations > 200 || bytes > 16<<10 {
				t.Errorf("%.0f allocations and %.0f bytes a batch, want at most 200 and 16 KB", allocations, bytes)
			}
			if growth > 1<<20 {
				t.Errorf("the heap grew by %d bytes, want at most 1 MB", growth)
			}
		})
	}
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
