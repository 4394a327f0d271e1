package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
		return wrong("-port %d: ports are 0 to 65535", p.port)
	}
	_, missing := runfolder.Open(path)
	if _, _, sweep := runfolder.OpenSweep(path); sweep {
		missing = nil
	} else if runfolder.IsComparison(path) {
		return wrong("%s is a comparison of runs that have ended: open its %s in a browser", path, runfolder.ReportFile)
	}
	if missing != nil && (filepath.Base(path) != runfolder.Latest || !errors.Is(missing, fs.ErrNotExist)) {
		return wrong("%v", missing)
	}
	listener, err := reports.Listen(p.port)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The page of %s: http://%s\nIt follows the run as epochs end. Ctrl-C ends this, not the run.\n", path, listener.Addr())
	if missing != nil {
		fmt.Fprintf(p.stdout, "It waits for the run to begin: so far, %v.\n", missing)
	}
	return reports.Serve(ctx, listener, &livePage{session: &p.session, path: path})
}

// A livePage is the page of a run that may still be training. Several browsers
// may look at it.
type livePage struct {
	session *runs.Session // reads configs
	path    string        // as the user named it

	looking sync.Mutex
	stamp   string
	looks   time.Time // when to look for a new stamp

	making sync.Mutex
	page   []byte // as last made
	madeAt string // the stamp then
}

// Stamp tells the run, the state of its files, and whether it stands still. A
// sweep has so many files that looking at them takes long; at most a twentieth
// of the time is spent on it.
func (l *livePage) Stamp() string {
	l.looking.Lock()
	defer l.looking.Unlock()
	if began := time.Now(); began.After(l.looks) {
		l.stamp = l.look()
		if took := time.Since(began); took > 10*time.Millisecond {
			l.looks = time.Now().Add(19 * took)
		}
	}
	return l.stamp
}

// look returns the stamp as it is now.
func (l *livePage) look() string {
	folder, err := runfolder.Open(l.path)
	if err != nil {
		if sweep, runs, found := runfolder.OpenSweep(l.path); found {
			return sweepStamp(sweep, runs)
		}
		return err.Error()
	}
	history, _ := historySoFar(folder)
	return fmt.Sprint(stampOf(folder), silence(folder, history))
}

// Render returns the page, which is made again only if something has changed.
func (l *livePage) Render() ([]byte, error) {
	l.making.Lock()
	defer l.making.Unlock()
	stamp := l.Stamp()
	if l.page != nil && l.madeAt == stamp {
		return l.page, nil
	}
	page, err := l.render()
	if err == nil {
		l.page, l.madeAt = page, stamp
	}
	return page, err
}

// stampOf tells a folder and the state of its files.
func stampOf(folder *runfolder.Folder) string {
	stamp := folder.Path
	for _, name := range []string{runfolder.ConfigFile, runfolder.MetricsFile, runfolder.SummaryFile, runfolder.ReportFile} {
		if info, err := os.Stat(folder.File(name)); err == nil {
			stamp += fmt.Sprintf(" %s %d %d", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return stamp
}

// sweepStamp tells a sweep's folder and the summaries of its runs.
func sweepStamp(sweep *runfolder.Folder, runs []*runfolder.Folder) string {
	stamp := stampOf(sweep)
	if _, err := os.Stat(sweep.File(runfolder.ReportFile)); err != nil {
		const every = 20 * time.Second // a process that was killed changes no file
		stamp += time.Now().Truncate(every).String()
	}
	for _, run := range runs {
		stamp += "\n" + stampOf(run)
	}
	return stamp
}

// render makes the page of the run or the sweep, or one that says what there is
// to wait for.
func (l *livePage) render() ([]byte, error) {
	if sweep, _, found := runfolder.OpenSweep(l.path); found {
		return series.Page(l.session, sweep.Path)
	}
	folder, err := runfolder.Open(l.path)
	if err != nil {
		return reports.Waiting(l.path, fmt.Sprintf("There is no run yet: %v.", err))
	}
	summary, err := folder.Summary()
	if errors.Is(err, fs.ErrNotExist) {
		return reports.Waiting(l.path, "The run has been begun, and has said nothing of itself yet.")
	}
	if err != nil {
		return nil, err
	}
	return l.run(folder, summary)
}

// run returns the run's report where it has ended, and else what its summary
// and its epochs say so far.
func (l *livePage) run(folder *runfolder.Folder, summary *runfolder.Summary) ([]byte, error) {
	history, err := historySoFar(folder)
	if err != nil {
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
	config, err := l.session.Load(folder.File(runfolder.ConfigFile), nil)
	if err != nil {
		return nil, err
	}
	summary.Status, summary.Epochs, summary.Final, summary.Best = runfolder.Training, len(history), nil, nil
	if len(history) > 0 {
		summary.Final, summary.Best = runfolder.FiguresOf(summary.Task, history.Last()), runfolder.FiguresOf(summary.Task, history[history.Best()])
	}
	var page bytes.Buffer
	err = reports.Report(&page, folder, summary, history, reports.HowFar(folder.Path, history, config.Train.Epochs, silence(folder, history)))
	return page.Bytes(), err
}

// historySoFar is a run's history, empty before its first epoch has ended.
func historySoFar(folder *runfolder.Folder) (metrics.History, error) {
	history, err := folder.History()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return history, err
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
