package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/internal/series"
	"cifartrain/metrics"
)

// watch serves the page of a run or a sweep on a port of this machine until ctx
// ends; port 0 is a free one. It only reads the run's files, which another
// program may be writing. A path that is a run's latest follows it to newer
// runs, and is the only one that may be named before there is a run.
func (p *program) watch(ctx context.Context, operands []string) error {
	path := operands[0]
	if p.port < 0 || p.port > 65535 {
		return runs.Requestf("-port %d: ports are 0 to 65535", p.port)
	}
	_, missing := runfolder.Open(path)
	if _, sweep := runfolder.OpenSweep(path); sweep {
		missing = nil
	}
	if missing != nil && (filepath.Base(path) != runfolder.Latest || !errors.Is(missing, fs.ErrNotExist)) {
		return missing
	}
	listener, err := reports.Listen(p.port)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The page of %s: http://%s\nIt follows the run as epochs end. Ctrl-C ends this, not the run.\n", path, listener.Addr())
	if missing != nil {
		fmt.Fprintf(p.stdout, "Waiting for the run to begin: so far, %v.\n", missing)
	}
	return reports.Serve(ctx, listener, (&livePage{session: &p.session, path: path}).render)
}

// A livePage is the page of a run that may still be training. Several browsers
// may look at it.
type livePage struct {
	session *runs.Session // reads configs
	path    string        // as the user named it

	mutex sync.Mutex
	page  []byte    // as last made
	made  time.Time // when
	stamp string    // of the files it was made from
	ended bool      // whether it is the page of a sweep whose runs had all ended
	looks time.Time // when to look at them again
}

// render returns the page, which is made again only if a file has changed or, because a
// process that was killed changes no file, after 20 seconds. Once all runs of a sweep have
// ended only a changed file counts, because its page takes long to make. A sweep has so
// many files that looking at them takes long; at most a twentieth of the time is spent on
// it. If run is not empty, render returns the page of that run of a sweep as it was written.
func (l *livePage) render(run string) ([]byte, error) {
	if sweep, found := runfolder.OpenSweep(l.path); run != "" && found {
		return sweep.Read(run + "/" + runfolder.ReportFile)
	} else if run != "" {
		return nil, fmt.Errorf("%s is no sweep", l.path)
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	began := time.Now()
	if l.page != nil && began.Before(l.looks) {
		return l.page, nil
	}
	stamp := l.look()
	if took := time.Since(began); took > 10*time.Millisecond {
		l.looks = time.Now().Add(19 * took)
	}
	if l.page != nil && stamp == l.stamp && (l.ended || began.Sub(l.made) < 20*time.Second) {
		return l.page, nil
	}
	page, err := l.make()
	if err == nil {
		l.page, l.stamp, l.made = page, stamp, began
	}
	return page, err
}

// look describes the files of the run, or of all runs of the sweep.
func (l *livePage) look() string {
	folder, sweep := runfolder.OpenSweep(l.path)
	if !sweep {
		var err error
		if folder, err = runfolder.Open(l.path); err != nil {
			return err.Error()
		}
	}
	var stamp strings.Builder
	files := os.DirFS(folder.Path)
	for _, name := range []string{runfolder.ConfigFile, runfolder.MetricsFile, runfolder.SummaryFile, runfolder.ReportFile} {
		ofRuns, _ := fs.Glob(files, "*/"+name) // only a bad pattern is an error
		for _, file := range append(ofRuns, name) {
			if info, err := fs.Stat(files, file); err == nil {
				fmt.Fprintln(&stamp, folder.Path, file, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	return stamp.String()
}

// make makes the page of the run or the sweep, or one that says what there is
// to wait for.
func (l *livePage) make() (page []byte, err error) {
	l.ended = false
	if sweep, found := runfolder.OpenSweep(l.path); found {
		page, l.ended, err = series.Page(l.session, sweep.Path)
		return page, err
	}
	folder, err := runfolder.Open(l.path)
	if err != nil {
		return reports.Waiting(l.path, fmt.Sprintf("There is no run yet: %v.", err))
	}
	summary, err := folder.Summary()
	if errors.Is(err, fs.ErrNotExist) {
		return reports.Waiting(l.path, "The run has started and has not written anything yet.")
	}
	if err != nil {
		return nil, err
	}
	return l.run(folder, summary)
}

// run returns the run's report where it has ended, and else what its summary
// and its epochs say so far.
func (l *livePage) run(folder *runfolder.Folder, summary *runfolder.Summary) ([]byte, error) {
	history, err := folder.History()
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // there is none before the first epoch has ended
		return nil, err
	}
	if summary.Status != runfolder.Training && summary.Epochs == len(history) {
		report, err := folder.Read(runfolder.ReportFile)
		if !errors.Is(err, fs.ErrNotExist) {
			return report, err
		}
	}
	if _, err := folder.Read(runfolder.ConfigFile); err != nil { // the page shows it
		return nil, err
	}
	config, err := runs.Load(folder.File(runfolder.ConfigFile), nil)
	if err != nil {
		return nil, err
	}
	summary.Status, summary.Epochs, summary.Final, summary.Best = runfolder.Training, len(history), nil, nil
	if len(history) > 0 {
		summary.Final, summary.Best = runfolder.FiguresOf(summary.Task, history.Last()), runfolder.FiguresOf(summary.Task, history[history.Best()])
	}
	var page bytes.Buffer
	err = reports.Report(&page, folder, summary, history, nil, reports.HowFar(folder.Path, history, config.Train.Epochs, silence(folder, history)))
	return page.Bytes(), err
}

// silence is how long a run has added nothing, where that is so long that it
// may have been stopped; else 0. It comes in whole minutes.
func silence(folder *runfolder.Folder, history metrics.History) time.Duration {
	longest := time.Minute
	for _, epoch := range history {
		longest = max(longest, time.Duration(5*epoch.Seconds*float64(time.Second)))
	}
	var newest time.Time
	for _, name := range []string{runfolder.ConfigFile, runfolder.MetricsFile, runfolder.CheckpointFile} {
		if info, err := os.Stat(folder.File(name)); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	if quiet := time.Since(newest); quiet > 2*longest {
		return quiet.Truncate(time.Minute)
	}
	return 0
}
