package runs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cifartrain/internal/runfolder"
)

// lookAgain is how long a process waits before it looks again for a free run.
const lookAgain = time.Second

// trainNext takes one run and trains it to its end. left is false once all runs
// are finished. If other processes hold all runs that are left, trainNext waits
// a while.
func (s *Session) trainNext(ctx context.Context, j *joined, one *Session) (left bool, err error) {
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	i, claim, left, err := j.take(lose)
	if err != nil || !left {
		return left, err
	}
	if claim == nil {
		select {
		case <-ctx.Done():
			return true, context.Cause(ctx)
		case <-time.After(lookAgain):
			return true, nil
		}
	}
	if err := s.tellHowFar(j); err != nil {
		return true, errors.Join(err, claim.Release())
	}
	began := time.Now()
	folder := claim.Folder()
	asked, err := one.asked(j.sweep, i)
	before := ""
	if err == nil {
		before, err = one.goOnIn(ctx, folder, asked, j.rung.pause)
	}
	var lost *runfolder.LostError
	if errors.As(context.Cause(ctx), &lost) || errors.As(err, &lost) {
		fmt.Fprintf(one.Err, "warning: %v; going on with the next\n", lost)
		return true, nil
	}
	if err != nil && !errors.Is(err, context.Canceled) && !endsAll(err) {
		err = one.recordFailure(folder, j.run(i), err)
	}
	if err = errors.Join(err, claim.Release()); err != nil {
		return true, err
	}
	if before != "" {
		return true, nil
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	s.Display.Run(j.ended(), len(j.places), j.label(i), j.setting(i, j.runs[i:i+1]), time.Since(began).Seconds())
	return true, nil
}

// take claims the first run that is neither finished nor held by another
// process. left is false if all runs are finished. claim is nil if other
// processes hold all that are left.
func (j *joined) take(onLost func(error)) (i int, claim *runfolder.Claim, left bool, err error) {
	now, err := j.folder.Clock()
	if err != nil {
		return 0, nil, true, err
	}
	for _, i := range j.places {
		if j.isFinished(i) {
			continue
		}
		left = true
		claim, _, err := j.runs[i].Claim(now, onLost)
		if err != nil {
			return 0, nil, true, err
		}
		if claim == nil {
			continue
		}
		if !j.isFinished(i) { // another process may have finished it between the check and the claim
			return i, claim, true, nil
		}
		if err := claim.Release(); err != nil {
			return 0, nil, true, err
		}
	}
	return 0, nil, left, nil
}

// isFinished reports whether a run has ended or has finished the rung,
// whichever process trained it. A failed run counts as finished, because it
// would fail again.
func (j *joined) isFinished(i int) bool {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.isEnded(i)
}

// isEnded is isFinished for a caller that holds the mutex.
func (j *joined) isEnded(i int) bool {
	if !j.finished[i] {
		j.finished[i] = hasEnded(j.runs[i], j.rung.pause)
	}
	return j.finished[i]
}

// ended returns how many runs are finished. The caller holds the mutex.
func (j *joined) ended() int {
	count := 0
	for _, i := range j.places {
		if j.isEnded(i) {
			count++
		}
	}
	return count
}

// tellHowFar says how far all processes are, unless it has been said just now.
func (s *Session) tellHowFar(j *joined) error {
	const tellEvery = 10 * time.Second
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if time.Since(j.told) < tellEvery {
		return nil
	}
	j.told = time.Now()
	now, err := j.folder.Clock()
	if err != nil {
		return err
	}
	stands, err := j.stands(now)
	if err != nil {
		return err
	}
	s.Display.Sweep(stands.SweepProgress)
	return nil
}
