package runs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/kernels"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
)

// atOnce is how many runs are trained side by side. If the models are too small
// for a run to use more than one processor, it is one run for each processor,
// as far as memory allows; otherwise it is a single run, which uses all of
// them. Two autoencoders that share two processors are no faster than one after
// the other (three epochs of both: 15.4 s to 15.8 s, and 15.5 s to 21.6 s). Two
// that have a processor each are (13.0 s to 14.1 s), but the number of
// processors is the whole process's: it takes two processes that join the sweep,
// with GOMAXPROCS=1.
func (s *Session) atOnce(ctx context.Context, w *sweep) int {
	for _, setting := range w.settings {
		prepared, err := s.Prepare(ctx, setting.Config, Need{})
		if err != nil || kernels.Shared(prepared.Architecture.ParameterCount()*setting.Config.Data.BatchSize) {
			return 1
		}
	}
	limit, _ := loaders.MemoryLimit()
	room := max(1, (limit-w.common)/max(1, w.own))
	return int(min(room, int64(len(w.settings)*w.seeds), int64(runtime.GOMAXPROCS(0))))
}

// trainAll trains the runs of each rung of the sweep in turn. A sweep that
// halves its settings has several rungs.
func (s *Session) trainAll(ctx context.Context, w *sweep, atOnce int) error {
	for _, rung := range w.rungs() {
		if err := s.trainRung(ctx, w, w.climbers(rung), rung.pause, atOnce); err != nil {
			return err
		}
	}
	return nil
}

// trainRung trains the runs with the given indexes, several at once, up to the
// epoch after which they pause. A run that fails is part of the result; a disk
// that cannot be written ends the sweep.
func (s *Session) trainRung(ctx context.Context, w *sweep, places []int, pause, atOnce int) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan int)
	go func() {
		defer close(next)
		for _, i := range places {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	var workers sync.WaitGroup
	var telling sync.Mutex
	warnings, ended := &oneByOne{Writer: s.Err}, 0
	for range atOnce {
		one := s.ofSweep(atOnce, warnings)
		workers.Go(func() {
			for i := range next {
				began := time.Now()
				asked, err := one.asked(w, i)
				before := ""
				if err == nil {
					before, err = one.goOn(ctx, w.runs[i], asked, pause)
				}
				if err != nil && !errors.Is(err, context.Canceled) && !endsAll(err) {
					err = one.recordFailure(w.runs[i], w.run(i), err)
				}
				if err != nil {
					stop(err)
					return
				}
				telling.Lock()
				if ended++; before == "" {
					s.Display.Run(ended, len(places), w.label(i), w.setting(i, w.runs[i:i+1]), time.Since(began).Seconds())
				}
				telling.Unlock()
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// ofSweep returns a session that trains runs of a sweep, one after the other,
// and displays only what is of interest about one run among many. It shares the
// dataset.
func (s *Session) ofSweep(atOnce int, warnings io.Writer) *Session {
	one := *s
	one.Out, one.Err, one.Display = io.Discard, warnings, reports.NewDisplay(io.Discard, true)
	if atOnce == 1 {
		one.Display = s.Display.BarOnly()
	}
	return &one
}

// oneByOne is a writer that several goroutines can share.
type oneByOne struct {
	sync.Mutex
	io.Writer
}

func (w *oneByOne) Write(p []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	return w.Writer.Write(p)
}

// recordFailure writes into a run's summary why the run failed, unless the
// summary already says so. The figures of a run that had ended before stay.
func (s *Session) recordFailure(folder *runfolder.Folder, config configs.Config, cause error) error {
	if summary, err := folder.Summary(); err == nil {
		switch summary.Status {
		case runfolder.Failed:
			return nil
		case runfolder.Finished, runfolder.Stopped:
			fmt.Fprintf(s.Err, "warning: %v; the run in %s stays as it is\n", cause, folder.Path)
			return nil
		}
	}
	prepared, err := s.Prepare(context.Background(), config, Need{})
	if err != nil {
		return err
	}
	return folder.WriteSummary(&runfolder.Summary{
		Name: config.Name, Status: runfolder.Failed, Error: cause.Error(), Seed: config.Seed,
		Model: prepared.Architecture.Kind, Task: prepared.Architecture.Task, Loss: prepared.Loss(),
	})
}
