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
func train(t testing.TB, run *training.Run) training.Result {
	return must(run.Train(t.Context()))
}

// newRun is a run of the SVM on the made-up images: 350 train in batches of 64,
// 150 validate.
func newRun(t testing.TB, learningRate float64) *training.Run {
	t.Helper()
	dataset, _ := formulaImages()
	train, validation, err := selectClasses(dataset).Split(0.3, random("split"))
	if err != nil {
		t.Fatal(err)
	}
	architecture := newModel("linear_svm", graphs.Spec{C: 0.1})
	transform := loaders.NewTransform(dataset.Shape, nil)
	return &training.Run{
		Architecture:  architecture,
		Weights:       architecture.Initialize(random),
		Solver:        solvers.NewSGD(learningRate, 0.9, 0.01, false),
		Schedule:      func(int) float64 { return learningRate },
		Batches:       loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 64, Shuffle: true, Flip: true, Random: random}),
		TrainingSet:   loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 100}),
		ValidationSet: loaders.NewBatcher(validation, transform, loaders.BatchOptions{Size: 100}),
		Epochs:        6,
	}
}

// values are all of the weights' elements.
func values(weights graphs.Weights) (all []float32) {
	for _, w := range weights {
		all = append(all, w.Value.Float32s()...)
	}
	return all
}

// newNetworkRun is newRun of an MLP with everything that a hidden layer may have.
func newNetworkRun(t testing.TB) *training.Run {
	t.Helper()
	architecture := newModel("mlp", graphs.Spec{Hidden: []int{256}, Activation: "gelu", BatchNorm: true, Dropout: 0.2})
	run := newRun(t, 0.01)
	run.Architecture, run.Weights, run.Random, run.Epochs = architecture, architecture.Initialize(random), random, 1
	return run
}

func TestSameSeedSameNumbers(t *testing.T) {
	for name, new := range map[string]func() *training.Run{
		"svm": func() *training.Run { return newRun(t, 0.01) },
		"mlp": func() *training.Run { return newNetworkRun(t) },
	} {
		var history metrics.History
		var weights []float32
		for _, processors := range []int{1, 2, 4, 16, 64} {
			func() {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
				run := new()
				got := train(t, run).History
				if history == nil {
					history, weights = got, values(run.Weights)
				}
				if diff := cmp.Diff(history, got, cmpopts.EquateNaNs(), ignoreSeconds) + cmp.Diff(weights, values(run.Weights)); diff != "" {
					t.Errorf("%s: with GOMAXPROCS %d history and weights differ:\n%s", name, processors, diff)
				}
			}()
		}
	}
}

func TestBestWeightsAreThoseOfTheBestEpoch(t *testing.T) {
	run := newRun(t, 0.05)
	result := train(t, run)
	got := must(training.NewEvaluator(run.Architecture, result.Best).Evaluate(t.Context(), run.ValidationSet))
	if best := result.History[result.History.Best()]; got.Loss != best.ValidationLoss {
		t.Errorf("the best weights score %g, their epoch scored %g", got.Loss, best.ValidationLoss)
	}
}

// TestEarlyStopping resumes the stopped run, too, which finds it at its end.
func TestEarlyStopping(t *testing.T) {
	stopping := func() *training.Run {
		run := newRun(t, 0.5) // too high to get better for long
		run.Epochs, run.EarlyStopping = 200, 3
		return run
	}
	saved, result := states(t, stopping())
	if waited := len(result.History) - 1 - result.History.Best(); waited != 3 || !result.Stopped {
		t.Errorf("it stopped (%v) after %d epochs without progress, want 3", result.Stopped, waited)
	}
	again := stopping()
	again.Resume = saved[len(saved)-1]
	if got := train(t, again); !got.Stopped || len(got.History) != len(result.History) {
		t.Errorf("resumed: %d epochs, stopped %v, want %d, true", len(got.History), got.Stopped, len(result.History))
	}
}

// TestDivergenceIsAnError has weights overflow in a step whose loss was finite: the
// state before must stay the last.
func TestDivergenceIsAnError(t *testing.T) {
	run := newRun(t, 1e30)
	run.SaveEvery = 1
	run.Save = func(s *training.State) error {
		for _, one := range s.Tensors["weights"] {
			for _, x := range one.Float32s() {
				if math.IsInf(float64(x), 0) || math.IsNaN(float64(x)) {
					t.Fatalf("a state holds the weight %g", x)
				}
			}
		}
		return nil
	}
	result, err := run.Train(t.Context())
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
		run := newAutoencoderRun(t, kind)
		kill := map[string]int{"encoder.0.bias": 3, "decoder.0.bias": 1, "enc_fc1.bias": 3, "dec_fc1_bias": 1}
		for _, w := range run.Weights {
			for unit := range w.Value.Float32s() {
				if count := kill[w.Name]; unit < count {
					w.Value.Float32s()[unit] = -1e6
				} else if count > 0 {
					w.Value.Float32s()[unit] = 1e6
				}
			}
		}
		evaluator := training.NewEvaluator(run.Architecture, run.Weights)
		got := must(evaluator.DeadUnits(t.Context(), run.ValidationSet))
		names := [2]string{"encoder.0", "decoder.0"}
		if kind == "tied_autoencoder" {
			names = [2]string{"enc_fc1", "dec_fc1"}
		}
		want := []metrics.DeadUnits{{Layer: names[0], Dead: 3, Units: 8}, {Layer: names[1], Dead: 1, Units: 8}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
		run.Epochs = 1
		if share := train(t, run).History[0].Layers[0].Dead; share != 3./8 {
			t.Errorf("%s: a share of %g is dead, want 3 of 8", kind, share)
		}
	}
}

// newAutoencoderRun is a run of a small autoencoder on the made-up images, in
// batches of 7.
func newAutoencoderRun(t testing.TB, kind string) *training.Run {
	t.Helper()
	run := newRun(t, 0.001)
	architecture := newModel(kind, graphs.Spec{Hidden: []int{8}, Latent: 4})
	run.Architecture, run.Weights = architecture, architecture.Initialize(random)
	run.Solver = solvers.NewAdam(0.001, [2]float64{0.9, 0.999}, 1e-8, 0)
	run.Batches = loaders.NewBatcher(run.Batches.Set, loaders.NewTransform(run.Batches.Set.Shape, nil), loaders.BatchOptions{Size: 7, Shuffle: true, Random: random})
	return run
}

// TestSteadyState holds training to few allocations, since the graph's ops own
// their outputs, and to a memory that does not grow over 10,000 steps.
func TestSteadyState(t *testing.T) {
	for name, run := range map[string]*training.Run{
		"svm":              newRun(t, 0.001),
		"autoencoder":      newAutoencoderRun(t, "autoencoder"),
		"tied_autoencoder": newAutoencoderRun(t, "tied_autoencoder"),
	} {
		t.Run(name, func(t *testing.T) {
			steps := run.Batches.Batches()
			warm := 10
			run.Epochs = warm + (10_000+steps-1)/steps
			var before, after runtime.MemStats
			run.Epoch = func(e metrics.Epoch) error {
				switch e.Number {
				case warm:
					runtime.GC()
					runtime.ReadMemStats(&before)
				case run.Epochs:
					runtime.GC()
					runtime.ReadMemStats(&after)
				}
				return nil
			}
			train(t, run)
			evaluations := run.ValidationSet.Batches()
			if run.Architecture.Task.Classifies() {
				evaluations += run.TrainingSet.Batches()
			}
			batches := float64((run.Epochs - warm) * (steps + evaluations))
			allocations := float64(after.Mallocs-before.Mallocs) / batches
			bytes := float64(after.TotalAlloc-before.TotalAlloc) / batches
			growth := int64(after.HeapAlloc) - int64(before.HeapAlloc)
			t.Logf("%.0f allocations and %.0f bytes a batch; the heap grew by %d bytes over %d steps", allocations, bytes, growth, (run.Epochs-warm)*steps)
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
