package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
)

// A joined sweep is one on which any number of processes work, on this machine
// and on others that share its folder. Each process takes the next run that is
// unfinished and that nobody else is training, so that no run is trained twice.
// A run whose process has died is taken over after a minute and goes on from
// its checkpoint.
type joined struct {
	*sweep
	mutex    sync.Mutex
	rung     rung
	places   []int     // indexes of the runs of the current rung
	finished []bool    // for each run, whether this process knows that it has finished the rung
	told     time.Time // when this process last said how far all are
}

var placeName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// checkPlace returns an error where no sweep can be joined under a name.
func checkPlace(place string) error {
	if !placeName.MatchString(place) || place == "latest" {
		return requestf("-join %q cannot name a folder: use letters, digits, \"-\", \"_\" and \".\", the first not \".\", and not latest", place)
	}
	return nil
}

// Join works on a config's sweep in the folder runs/<name>/<place> until all
// its runs are finished. The first process to come creates the folder. The
// process that finishes last writes the comparison.
func (s *Session) Join(ctx context.Context, config configs.Config, place string) error {
	if err := checkPlace(place); err != nil {
		return err
	}
	w := &sweep{config: config, settings: config.Settings(), seeds: s.Seeds}
	if err := s.checkSweep(ctx, w); err != nil {
		return err
	}
	if err := s.share(ctx, w); err != nil {
		return err
	}
	folder, err := s.meet(w, place)
	if err != nil {
		return err
	}
	return s.workOn(ctx, w, folder)
}

// rejoin does the work of [Session.Resume] for a sweep that was begun with
// -join.
func (s *Session) rejoin(ctx context.Context, folder *runfolder.Folder, configPath string, overrides []string) error {
	config, err := s.Load(cmp.Or(configPath, folder.File(runfolder.SweepFile)), overrides)
	if err != nil {
		return err
	}
	plan, err := folder.Plan()
	if err != nil {
		return err
	}
	w := &sweep{config: config, settings: config.Settings(), seeds: plan.Seeds}
	if err := s.share(ctx, w); err != nil {
		return err
	}
	return s.workOn(ctx, w, folder)
}

// meet returns the folder of a joined sweep, and creates it if necessary.
func (s *Session) meet(w *sweep, place string) (*runfolder.Folder, error) {
	folder := &runfolder.Folder{Path: filepath.Join(s.Runs, w.config.Name, place)}
	if exists(folder.File(runfolder.SweepFile)) {
		return folder, nil
	}
	draft, err := runfolder.Draft(s.Runs, w.config.Name, place)
	if err != nil {
		return nil, err
	}
	w.folder = draft
	if err := s.layRuns(w); err != nil {
		return nil, err
	}
	if err := draft.WritePlan(s.plan(w)); err != nil {
		return nil, err
	}
	folder, published, err := draft.Publish(place)
	if published {
		s.pointLatest(folder)
	}
	return folder, err
}

// plan is what all processes of a joined sweep must agree on.
func (s *Session) plan(w *sweep) runfolder.Plan {
	dataset := s.datasets[sourceOf(withoutSample(w.config))]
	return runfolder.Plan{Seeds: w.seeds, Dataset: dataset.Name, Checksum: dataset.Checksum}
}

// agree returns an error that says what differs if the sweep in a folder is not
// the one that this process was asked for.
func (s *Session) agree(w *sweep, folder *runfolder.Folder) error {
	config, err := s.Load(folder.File(runfolder.SweepFile), nil)
	if err != nil {
		return err
	}
	const remedy = "join it with the options it was begun with, or choose another name with -join"
	differ := slices.DeleteFunc(configs.Differences(config, w.config), func(key string) bool {
		return configs.Changes(key) == "place"
	})
	if len(differ) > 0 {
		return requestf("the sweep in %s has a config that differs in %s: %s", folder.Path, strings.Join(differ, ", "), remedy)
	}
	begun, err := folder.Plan()
	if err != nil {
		return err
	}
	asked := s.plan(w)
	if begun.Seeds != asked.Seeds {
		return requestf("the sweep in %s was begun with -seeds %d, not %d: %s", folder.Path, begun.Seeds, asked.Seeds, remedy)
	}
	if begun != asked {
		return requestf("the sweep in %s trains on the %s with checksum %.16s, but these images are the %s with checksum %.16s: name the folder of the former with -data",
			folder.Path, begun.Dataset, begun.Checksum, asked.Dataset, asked.Checksum)
	}
	return nil
}

// workOn trains runs of the sweep in a folder until all are finished.
func (s *Session) workOn(ctx context.Context, w *sweep, folder *runfolder.Folder) error {
	if err := s.agree(w, folder); err != nil {
		return err
	}
	folder, runs, _ := runfolder.OpenSweep(folder.Path)
	if len(runs) != len(w.settings)*w.seeds {
		return fmt.Errorf("%s holds only %d of its %d runs: the others were deleted; begin it again with another name: %s",
			folder.Path, len(runs), len(w.settings)*w.seeds, shell.Command("-config", folder.File(runfolder.SweepFile), "-join", "NAME"))
	}
	w.folder, w.runs = folder, runs
	j := &joined{sweep: w}
	atOnce := s.atOnce(ctx, w)
	fmt.Fprintf(s.Out, "%s: %d settings, %d runs, %d at once in this process\nworking in %s\n\n", w.config.Name, len(w.settings), len(runs), atOnce, folder.Path)
	var cause error
	for _, rung := range w.rungs() {
		j.begin(rung)
		if cause = s.trainJoined(ctx, j, atOnce); cause != nil {
			break
		}
	}
	if errors.Is(cause, context.Canceled) {
		return Interruption(fmt.Sprintf("interrupted with %d of %d runs finished; other processes that have joined go on; to join again: %s",
			j.ended(), len(j.places), shell.Command(append([]string{"-resume", folder.Path}, s.Repeated...)...)))
	}
	if cause != nil {
		return cause
	}
	return s.concludeJoined(ctx, j)
}

// trainJoined takes and trains runs, several at once, until none is left.
func (s *Session) trainJoined(ctx context.Context, j *joined, atOnce int) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var workers sync.WaitGroup
	warnings := &oneByOne{Writer: s.Err}
	for range atOnce {
		one := s.ofSweep(atOnce, warnings)
		workers.Go(func() {
			for {
				left, err := s.trainNext(ctx, j, one)
				if err != nil {
					stop(err)
					return
				}
				if !left {
					return
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// begin starts a rung of the sweep. All earlier rungs must be finished.
func (j *joined) begin(rung rung) {
	j.rung, j.places, j.finished = rung, j.climbers(rung), make([]bool, len(j.runs))
}

// concludeJoined writes the sweep's table, pictures and page, unless another
// process has done so, and prints the result.
func (s *Session) concludeJoined(ctx context.Context, j *joined) error {
	result := j.result()
	for !exists(j.folder.File(runfolder.ReportFile)) || !exists(j.folder.File(runfolder.ComparisonTable)) {
		now, err := j.folder.Clock()
		if err != nil {
			return err
		}
		claim, _, err := j.folder.Claim(now, func(error) {})
		if err != nil {
			return err
		}
		if claim == nil { // another process is writing it
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(lookAgain):
			}
			continue
		}
		j.folder = claim.Folder()
		return errors.Join(s.concludeSweep(j.sweep, result), claim.Release(), j.failed(result))
	}
	reports.ShowSweep(s.Out, result, j.folder.Path)
	return j.failed(result)
}
