package series

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// A pool trains the runs of one round, several at once. Each worker takes the next
// run that is unfinished and that nobody else trains, so that no run is trained
// twice. A run whose process has died is taken over and goes on from its
// checkpoint.
type pool struct {
	*plan
	pause      int   // the epoch after which the runs pause; runs.ToTheEnd in the last round
	places     []int // indexes of the runs of the round, in the order in which they are trained
	checkEnded bool  // whether runs that say that they have ended are checked, too

	mutex    sync.Mutex // guards what follows, and the session's error output
	claims   runfolder.Claims
	training map[int]bool // the runs that this process is training
	ended    map[int]bool // the runs that this process knows to have ended the round
	lastTold time.Time    // when this process last said how far all are
}

// train trains the runs until all have ended. It returns the error of the first
// that does not concern a single run alone.
func (w *pool) train(ctx context.Context, atOnce int) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w.training, w.ended, w.lastTold = make(map[int]bool), make(map[int]bool), time.Now()
	var workers sync.WaitGroup
	for range atOnce {
		one := *w.session
		if w.sweep() != nil { // shows only what matters of one run among many
			one.LeavePictures = !one.TensorBoard // TensorBoard shows the pictures of every run
			one.Out, one.Err, one.Display = io.Discard, w, reports.NewDisplay(io.Discard, true)
			if atOnce == 1 {
				one.Display = w.session.Display.BarOnly()
			}
		}
		workers.Go(func() {
			for {
				left, err := w.trainNext(ctx, &one)
				if err != nil {
					stop(err)
				}
				if err != nil || !left {
					return
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// Write writes the warnings of all workers, one at a time.
func (w *pool) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.session.Err.Write(text)
}

// trainNext takes one run and trains it to the end of the round. left is false once
// nothing is left to take. If other processes hold all runs that are left, trainNext
// waits a moment.
func (w *pool) trainNext(ctx context.Context, one *runs.Session) (left bool, err error) {
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	i, claim, left, err := w.take(lose)
	if err != nil || !left {
		return false, err
	}
	if claim == nil {
		return true, lookAgain(ctx)
	}
	began, folder := time.Now(), claim.Folder()
	end, err := w.continueRun(ctx, one, folder, i)
	var lost *runfolder.LostError
	if errors.As(context.Cause(ctx), &lost) || errors.As(err, &lost) {
		fmt.Fprintf(one.Err, "warning: %v; going on with the next\n", lost)
		w.release(i, false)
		return true, claim.Release()
	}
	// The user's wish to stop and a disk that cannot be written would stop the next runs, too.
	if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, new(*runfolder.WriteError)) {
		if w.sweep() == nil {
			fmt.Fprintf(one.Err, "run %d of %d failed: %v\n", i+1, w.count(), err)
		}
		err = one.RecordFailure(folder, w.config(i), err)
	}
	err = errors.Join(err, claim.Release())
	ended := w.release(i, err == nil)
	if err == nil && end == "" && w.sweep() != nil {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.session.Display.Run(ended, len(w.places), reports.NewContender(w.label(i), nil, w.runs[i:i+1]), time.Since(began).Seconds())
	}
	return true, err
}

// continueRun trains the run with an index, in its claimed folder, from where it stands. If
// nothing is left to do, it says how the run ended. A run that was made longer than
// the sweep by itself keeps its length.
func (w *pool) continueRun(ctx context.Context, one *runs.Session, folder *runfolder.Folder, i int) (end string, err error) {
	own, err := runs.Load(folder.File(runfolder.ConfigFile), nil)
	if err != nil {
		return "", err
	}
	config := w.config(i)
	if own.Train.Epochs > settingsOf(w.begun)[i/w.Seeds].Config.Train.Epochs {
		config.Train.Epochs = max(config.Train.Epochs, own.Train.Epochs)
	}
	if w.sweep() == nil && !folder.Has(runfolder.SummaryFile) {
		w.session.PointLatest(folder)
	}
	return one.Continue(ctx, folder, config, w.pause)
}

// take claims the first run that has not ended and is not held by another process.
// If there is none, claim is nil; left then says whether other processes hold some.
func (w *pool) take(lose func(error)) (i int, claim *runfolder.Claim, left bool, err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	const tellEvery = 10 * time.Second
	if w.sweep() != nil && time.Since(w.lastTold) >= tellEvery {
		w.lastTold = time.Now()
		now, _ := w.progress()
		w.session.Display.Sweep(now)
	}
	whom := ""
	for _, i := range w.places {
		if w.training[i] || w.hasEnded(i) {
			continue
		}
		claim, holder, _, err := w.claims.Take(w.runs[i], lose)
		if err != nil {
			return 0, nil, false, err
		}
		if claim == nil {
			whom = fmt.Sprintf("%v, which trains %s", holder, w.label(i))
			continue
		}
		if !w.hasEnded(i) { // another process may have ended it between the check and the claim
			w.training[i] = true
			return i, claim, true, nil
		}
		if err := claim.Release(); err != nil {
			return 0, nil, false, err
		}
	}
	if whom != "" {
		w.waitsFor(whom)
	}
	return 0, nil, whom != "", nil
}

// release records that this process no longer trains a run, and returns how many
// runs have ended the round.
func (w *pool) release(i int, ended bool) (count int) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.training, i)
	w.ended[i] = ended
	for _, place := range w.places {
		if w.hasEnded(place) {
			count++
		}
	}
	return count
}

// hasEnded reports whether a run has ended the round, whichever process trained it.
// A run that failed has, because it would fail again. The caller holds the mutex.
func (w *pool) hasEnded(i int) bool {
	if !w.ended[i] && !w.checkEnded {
		w.ended[i] = runs.FinishedRound(w.runs[i], w.pause)
	}
	return w.ended[i]
}

// waitsFor says for whom this process waits, unless it has just said so.
func (p *plan) waitsFor(whom string) {
	if p.waited != whom {
		p.waited = whom
		fmt.Fprintf(p.session.Out, "waiting for %s\n", whom)
	}
}

// lookAgain waits a moment for another process.
func lookAgain(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(runfolder.LookAgain):
		return nil
	}
}
