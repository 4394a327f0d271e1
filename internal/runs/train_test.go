package runs

import (
	"context"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/metrics"
	"cifartrain/solvers"
	"cifartrain/training"
)

// builtIn is the built-in sample, drawn once.
var builtIn = sync.OnceValue(func() *loaders.Dataset {
	dataset, err := sources.Open(context.Background(), sources.Source{Kind: sources.Sample}, nil)
	if err != nil {
		panic(err)
	}
	return dataset
})

// sessionOn is a session that writes into a folder and finds a dataset where a config
// looks for a kind of source that names no folder.
func sessionOn(runs, kind string, dataset *loaders.Dataset) *Session {
	config, err := configs.Parse("default.yaml", []byte("model: {kind: autoencoder}\ndata: {source: "+kind+"}"), nil, Kinds())
	if err != nil {
		panic(err)
	}
	return &Session{
		Out: io.Discard, Err: io.Discard, Display: reports.NewDisplay(io.Discard, true), Runs: runs,
		datasets: map[sources.Source]*loaders.Dataset{sourceOf(config): dataset},
	}
}

// onSample is a session that trains on the built-in sample.
func onSample(t testing.TB) *Session { return sessionOn(t.TempDir(), sources.Sample, builtIn()) }

// parts are what a config makes of the sample.
func parts(t *testing.T, overrides ...string) (configs.Config, *Run) {
	t.Helper()
	config, err := Load("svm", append([]string{"data.source=sample"}, overrides...))
	if err != nil {
		t.Fatal(err)
	}
	run, err := onSample(t).Prepare(context.Background(), config, Need{Images: true})
	if err != nil {
		t.Fatal(err)
	}
	return config, run
}

// newShippedRun is the run of a shipped config on the session's images.
func newShippedRun(t testing.TB, session *Session, name string, overrides ...string) (configs.Config, *training.Loop) {
	t.Helper()
	config, err := Load(name, overrides)
	if err != nil {
		t.Fatal(err)
	}
	return config, runOf(t, session, config)
}

// runOf is the loop that a config makes of the session's images.
func runOf(t testing.TB, session *Session, config configs.Config) *training.Loop {
	t.Helper()
	run, err := session.newLoop(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	return run.loop
}

// firstBatch are the pixels and the places of a batcher's first batch.
func firstBatch(batcher *loaders.Batcher, epoch int) (pixels []float32, places []int) {
	for batch := range batcher.Epoch(epoch) {
		return slices.Clone(batch.Images().Float32s()), slices.Clone(batch.Places)
	}
	return nil, nil
}

// TestConfigReachesTheImages follows the keys of data to what is trained on.
func TestConfigReachesTheImages(t *testing.T) {
	_, plain := parts(t, "data.normalize=null")
	_, changed := parts(t, "data.split=sequential", "data.validation=0.2", "data.normalize={mean: [0.1, 0.2, 0.3], std: [0.5, 0.25, 0.125]}", "data.center=true")
	all, err := builtIn().Select(builtIn().Train, []string{"frog", "horse"})
	if err != nil {
		t.Fatal(err)
	}
	if changed.Training.Len() != 8000 || !slices.Equal(changed.Training.Pixels(0), all.Pixels(0)) || !slices.Equal(changed.Validation.Pixels(1999), all.Pixels(9999)) {
		t.Error("the sequential split does not train on the first and validate on the last images")
	}
	same := 0
	for i := range 1000 {
		if slices.Equal(plain.Training.Pixels(i), all.Pixels(i)) {
			same++
		}
	}
	if same > 500 {
		t.Errorf("the random split keeps %d of the first 1000 images in place", same)
	}
	a, b := make([]float32, builtIn().Shape.Values()), make([]float32, builtIn().Shape.Values())
	plain.Transform.Apply(a, all.Pixels(0))
	changed.Transform.Apply(b, all.Pixels(0))
	mean, std := []float64{0.1, 0.2, 0.3}, []float64{0.5, 0.25, 0.125}
	for i := range a {
		want := (float64(a[i])-mean[i/1024])/std[i/1024] - float64(changed.Transform.MeanImage()[i])
		if math.Abs(float64(b[i])-want) > 1e-5 {
			t.Fatalf("pixel %d is %g, want %g", i, b[i], want)
		}
	}
}

// TestConfigReachesTheRun follows the other keys.
func TestConfigReachesTheRun(t *testing.T) {
	config, _ := parts(t, "data.shuffle=true", "data.flip=false", "data.batch_size=32", "data.eval_batch_size=50",
		"train.epochs=40", "train.early_stopping=7", "optimizer.schedule=step", "optimizer.step_epochs=5", "optimizer.gamma=0.5", "optimizer.learning_rate=0.8",
		"optimizer.warmup_steps=9", "optimizer.clip_norm=0.25", "train.average_decay=0.75")
	run := runOf(t, onSample(t), config)
	if run.Epochs != 40 || run.EarlyStopping != 7 || run.TrainBatcher.Size() != 32 || run.ValidationBatcher.Size() != 50 || run.TrainEvalBatcher.Size() != 50 {
		t.Errorf("epochs %d, early stopping %d, batches of %d, %d, %d", run.Epochs, run.EarlyStopping, run.TrainBatcher.Size(), run.ValidationBatcher.Size(), run.TrainEvalBatcher.Size())
	}
	if clipped, ok := run.Solver.(solvers.Clipped); !ok || clipped.Norm != 0.25 || run.Warmup != 9 || run.Average == nil || run.Average.Decay != 0.75 {
		t.Errorf("the solver is %+v, the warm-up %d, the average %v", run.Solver, run.Warmup, run.Average)
	}
	for epoch, want := range map[int]float64{1: 0.8, 5: 0.8, 6: 0.4, 11: 0.2} {
		if got := run.Schedule(epoch); math.Abs(got-want) > 1e-15 {
			t.Errorf("epoch %d has the learning rate %g, want %g", epoch, got, want)
		}
	}
	shuffledPixels, shuffled := firstBatch(run.TrainBatcher, 1)
	_, next := firstBatch(run.TrainBatcher, 2)
	unaltered, inOrder := firstBatch(run.TrainEvalBatcher, 1)
	if slices.IsSorted(shuffled) || slices.Equal(shuffled, next) || !slices.IsSorted(inOrder) || inOrder[0] != 0 {
		t.Errorf("epochs begin with the images %v and %v, the evaluation with %v", shuffled, next, inOrder)
	}
	for name, change := range map[string]func(*configs.Config){
		"flip":  func(config *configs.Config) { config.Data.Flip = true },
		"shift": func(config *configs.Config) { config.Data.Shift = 2 },
	} {
		altered := config
		change(&altered)
		run := runOf(t, onSample(t), altered)
		pixels, same := firstBatch(run.TrainBatcher, 1)
		evaluated, _ := firstBatch(run.TrainEvalBatcher, 1)
		if !slices.Equal(same, shuffled) || slices.Equal(pixels, shuffledPixels) || !slices.Equal(evaluated, unaltered) {
			t.Errorf("%s does not change the images, or it changes their order or those of the evaluation", name)
		}
	}
	config.Data.Shuffle = false
	if _, places := firstBatch(runOf(t, onSample(t), config).TrainBatcher, 1); !slices.IsSorted(places) {
		t.Errorf("shuffle: false begins with the images %v", places)
	}
}

// trainedBy trains a config and returns the run's folder and summary.
func trainedBy(t *testing.T, s *Session, config configs.Config) (*runfolder.Folder, *runfolder.Summary) {
	t.Helper()
	if err := s.Train(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	folder, err := runfolder.Open(filepath.Join(s.Runs, config.Name, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	summary, err := folder.Summary()
	if err != nil {
		t.Fatal(err)
	}
	return folder, summary
}

// TestBestIsNotLast trains until the best epoch is not the last one and finds
// each one's own test figures in the summary.
func TestBestIsNotLast(t *testing.T) {
	for _, decay := range []string{"0", "0.9"} {
		config, _ := parts(t, "train.average_decay="+decay, "train.epochs=8", "train.early_stopping=2")
		folder, summary := trainedBy(t, onSample(t), config)
		if summary.Best.Epoch == summary.Final.Epoch || *summary.Best.TestLoss == *summary.Final.TestLoss {
			t.Fatalf("the best epoch is the last one, %d: this run does not test what it should", summary.Final.Epoch)
		}
		for name, figures := range map[string]*runfolder.Figures{
			runfolder.BestWeightsFile: summary.Best, runfolder.LastWeightsFile: summary.Final,
		} {
			saved, err := onSample(t).Prepare(context.Background(), config, Need{Images: true, File: folder.File(name)})
			if err != nil {
				t.Fatal(err)
			}
			test, err := saved.Score(context.Background(), saved.Test)
			if err != nil {
				t.Fatal(err)
			}
			if test.Loss != *figures.TestLoss || test.Confusion.Accuracy() != *figures.TestAccuracy {
				t.Errorf("%s scores %g and %g, the summary says %g and %g", name, test.Loss, test.Confusion.Accuracy(), *figures.TestLoss, *figures.TestAccuracy)
			}
		}
	}
}

func TestLossScale(t *testing.T) {
	for _, test := range []struct {
		normalize *configs.Normalize
		scale     float64
		uniform   bool
	}{
		{nil, 1, true},
		{&configs.Normalize{Std: []float64{0.25, 0.25, 0.25}}, 16, true},
		{&configs.Normalize{Std: []float64{0.25, 0.25, 0.5}}, 16, false},
	} {
		if scale, uniform := lossScale(test.normalize); scale != test.scale || uniform != test.uniform {
			t.Errorf("lossScale of %v is %g, %v", test.normalize, scale, uniform)
		}
	}
}

// TestPrincipalStart wants a run of init pca to begin at what as many principal
// components leave, give or take what is drawn beneath, where torch's start is
// several times as far.
func TestPrincipalStart(t *testing.T) {
	for _, name := range []string{"autoencoder", "autoencoder_tied"} {
		losses := make(map[string]float64)
		pca := 0.0
		for _, init := range []string{"pca", "torch"} {
			config, err := Load(name, []string{
				"data.source=sample", "data.classes=[frog, horse]", "data.center=true", "model.hidden=[16]", "model.latent=4", "model.init=" + init,
				"train.epochs=1", "optimizer.learning_rate=1e-9",
			})
			if err != nil {
				t.Fatal(err)
			}
			_, summary := trainedBy(t, onSample(t), config)
			losses[init], pca = summary.Best.ValidationLoss, summary.PCA.ValidationMSE
		}
		if losses["pca"] > 1.2*pca || losses["torch"] < 2*pca {
			t.Errorf("%s: validation loss %g from principal components, %g from torch's weights; the components leave %g", name, losses["pca"], losses["torch"], pca)
		}
	}
}

// TestOpenRefusesAnotherTask gives a classifier's run the summary of a model that
// restores, as if somebody had copied files from one run folder to another.
func TestOpenRefusesAnotherTask(t *testing.T) {
	session := onSample(t)
	config, _ := parts(t, "train.epochs=1")
	folder, summary := trainedBy(t, session, config)
	summary.Task = metrics.Reconstruct
	if err := folder.WriteSummary(summary); err != nil {
		t.Fatal(err)
	}
	if _, err := session.Open(folder.Path, nil); err == nil || !strings.Contains(err.Error(), `the task "restore", but the linear_svm that `+runfolder.ConfigFile) {
		t.Errorf("the error is %v", err)
	}
}

func TestMargin(t *testing.T) {
	for _, c := range []struct {
		class  int
		scores []float32
		want   float64
	}{
		{0, []float32{1.5}, -1.5}, {1, []float32{1.5}, 1.5},
		{2, []float32{-3, -1, -0.5}, 0.5}, {0, []float32{-3, -1, -0.5}, -2.5},
	} {
		if got := (Prediction{Scores: c.scores}).margin(c.class); got != c.want {
			t.Errorf("class %d of scores %v has the margin %v, want %v", c.class, c.scores, got, c.want)
		}
	}
}
