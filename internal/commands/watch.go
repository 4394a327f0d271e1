package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

// Watch serves the page of the run at path on a port of this machine until ctx
// ends; port 0 is a free one. It only reads the run's files, which another
// program may be writing. A path that is a run's latest follows it to newer
// runs.
func Watch(ctx context.Context, s *runs.Session, path string, port int) error {
	if port < 0 || port > 65535 {
		return wrong("-port %d: ports are 0 to 65535", port)
	}
	if runfolder.IsComparison(path) {
		if _, _, sweep := runfolder.OpenSweep(path); !sweep {
			return wrong("%s is a comparison of runs that have ended: open its %s in a browser", path, runfolder.ReportFile)
		}
	}
	missing, err := worthWaiting(path)
	if err != nil {
		return err
	}
	page := &livePage{session: s, path: path}
	listener, err := reports.Listen(port)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "The page of %s: http://%s\nIt follows the run as epochs end. Ctrl-C ends this, not the run.\n", path, listener.Addr())
	if missing != nil {
		fmt.Fprintf(s.Out, "It waits for the run to begin: so far, %v.\n", missing)
	}
	return reports.Serve(ctx, listener, page)
}

// worthWaiting returns why there is no run or sweep at a path yet, nil if there is
// one. It returns an error if neither will ever appear there, because the path holds
// something else.
func worthWaiting(path string) (missing, err error) {
	_, missing = runfolder.Open(path)
	if _, _, sweep := runfolder.OpenSweep(path); missing == nil || sweep {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return missing, nil
	}
	if files, err := (&runfolder.Folder{Path: path}).Files(); !info.IsDir() || err != nil || len(files) > 0 {
		return nil, wrong("%v", missing)
	}
	return missing, nil
}

// A livePage is the page of a run that may still be training.
type livePage struct {
	session *runs.Session // reads configs
	path    string        // as the user named it
}

// Stamp tells the run, the state of its files, and whether it stands still.
func (l *livePage) Stamp() string {
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

// Render returns the page of the run or the sweep, or one that says what there
// is to wait for.
func (l *livePage) Render() ([]byte, error) {
	if sweep, _, found := runfolder.OpenSweep(l.path); found {
		return l.session.SweepPage(sweep.Path)
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
		if report, err := os.ReadFile(folder.File(runfolder.ReportFile)); err == nil {
			return report, nil
		}
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
	err = reports.Report(&page, folder, summary, history, howFar(folder, history, config.Train.Epochs))
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

// howFar says how far a run is.
func howFar(folder *runfolder.Folder, history metrics.History, epochs int) string {
	if quiet := silence(folder, history); quiet > 0 {
		return fmt.Sprintf("%d of %d epochs are done, and for %s nothing has been added: the run may have been stopped. It can go on with: %s",
			len(history), epochs, reports.Duration(quiet.Seconds()), shell.Command("-resume", folder.Path))
	}
	if len(history) == 0 {
		return fmt.Sprintf("No epoch of %d has ended yet.", epochs)
	}
	recent := history[max(0, len(history)-10):]
	seconds := 0.0
	for _, epoch := range recent {
		seconds += epoch.Seconds
	}
	left := seconds / float64(len(recent)) * float64(epochs-len(history))
	if left <= 0 {
		return fmt.Sprintf("All %s are done; what they gave is being scored and drawn.", reports.Epochs(epochs))
	}
	return fmt.Sprintf("It is training: %d of %d epochs are done, about %s are left.", len(history), epochs, reports.Duration(left))
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
