package runs

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	G "gorgonia.org/gorgonia"

	"cifartrain/configs"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
	"cifartrain/loaders/sources"
	"cifartrain/metrics"
	"cifartrain/training"
)

// noise is a dataset of CIFAR-10's size, its pixels drawn at random.
var noise = sync.OnceValue(func() *loaders.Dataset {
	const count = 50_000
	record := cifar.Shape.RecordSize()
	random := rand.New(rand.NewPCG(1, 1))
	var records []byte
	for range count * record / 8 {
		records = binary.LittleEndian.AppendUint64(records, random.Uint64())
	}
	for i := range count {
		records[i*record] = byte(i % len(cifar.Classes))
	}
	images := loaders.NewImages(cifar.Shape, records)
	return &loaders.Dataset{Name: "noise", Shape: cifar.Shape, Classes: cifar.Classes, Train: images, Test: images}
})

// onNoise is a session whose CIFAR-10 is noise.
func onNoise() *Session { return sessionOn("", sources.CIFAR10, noise()) }

// BenchmarkStep does training steps of the shipped configs, each from the batch
// to the changed weights: by the program's own loop, and by one over Gorgonia's
// own ops and solvers that gets the same batches.
func BenchmarkStep(b *testing.B) {
	for _, name := range shipped {
		b.Run(name+"/cifartrain", func(b *testing.B) {
			_, run := newShippedRun(b, onNoise(), name)
			stepThrough(b, run)
		})
		b.Run(name+"/gorgonia", func(b *testing.B) {
			config, run := newShippedRun(b, onNoise(), name)
			stepGorgonia(b, config, run)
		})
	}
}

// BenchmarkEpoch does whole epochs with the evaluations after each.
func BenchmarkEpoch(b *testing.B) {
	for _, name := range shipped {
		b.Run(name, func(b *testing.B) {
			_, run := newShippedRun(b, onNoise(), name)
			run.Epochs = b.N
			b.ResetTimer() // the noise is drawn once, before the first of them
			if _, err := run.Train(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// stepThrough trains for b.N steps and leaves the evaluations between epochs
// out of their times.
func stepThrough(b *testing.B, run *training.Loop) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	watch := stopwatch{b: b, rows: run.TrainBatcher.Size(), began: time.Now()}
	run.Epochs = math.MaxInt
	run.AfterStep = func(training.Progress) {
		if watch.lap() {
			cancel()
		}
	}
	run.AfterEpoch = func(metrics.Epoch) error {
		watch.began = time.Now()
		return nil
	}
	if _, err := run.Train(ctx); !errors.Is(err, context.Canceled) {
		b.Fatal(err)
	}
}

// stepGorgonia trains for b.N steps with Gorgonia's own ops and solvers, on
// full batches, the only ones its graph takes.
func stepGorgonia(b *testing.B, config configs.Config, run *training.Loop) {
	rate := config.Optimizer.LearningRate
	var solver G.Solver = G.NewAdamSolver(G.WithLearnRate(rate))
	if config.Optimizer.Kind == "sgd" {
		solver = G.NewVanillaSolver(G.WithLearnRate(rate), G.WithL2Reg(config.Optimizer.WeightDecay))
	}
	rows := run.TrainBatcher.Size()
	model := newGorgoniaModel(b, run, run.Weights, rows)
	machine := G.NewTapeMachine(model.Graph, G.BindDualValues(model.Learnables...))
	defer machine.Close()
	parameters := G.NodesToValueGrads(model.Learnables)
	watch := stopwatch{b: b, rows: rows, began: time.Now()}
	for epoch := 1; ; epoch++ {
		for batch := range run.TrainBatcher.Epoch(epoch) {
			if batch.Rows() < rows {
				continue
			}
			if err := errors.Join(model.Feed(batch.Images(), batch.Labels), machine.RunAll(), solver.Step(parameters)); err != nil {
				b.Fatal(err)
			}
			machine.Reset()
			if watch.lap() {
				return
			}
		}
	}
}

// A stopwatch times b.N steps after some to warm up, and reports their median, for
// machines that do other things too.
type stopwatch struct {
	b     *testing.B
	rows  int
	began time.Time
	laps  []time.Duration
}

// lap ends a step and reports whether enough are done.
func (s *stopwatch) lap() (done bool) {
	const warmUp = 20
	s.laps = append(s.laps, time.Since(s.began))
	s.began = time.Now()
	if len(s.laps) < warmUp+s.b.N {
		return false
	}
	laps := slices.Sorted(slices.Values(s.laps[warmUp:]))
	median := laps[len(laps)/2].Seconds()
	s.b.ReportMetric(median*1e3, "median-ms")
	s.b.ReportMetric(float64(s.rows)/median, "images/s")
	return true
}
