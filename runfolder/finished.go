package runfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"cifartrain/metrics"
	"cifartrain/shell"
)

// The files of a comparison's folder.
const (
	ComparisonPicture = "comparison.png"
	ComparisonTable   = "comparison.csv"
)

// A FinishedRun is a run with the figures that a comparison takes.
type FinishedRun struct {
	Path    string
	Summary *Summary
	History metrics.History
}

// Finished reads a run that has ended with all that a comparison needs.
func (f *Folder) Finished() (FinishedRun, error) {
	goOn := "go on with it: " + shell.Command("-resume", f.Path)
	summary, err := f.Summary()
	if errors.Is(err, fs.ErrNotExist) {
		return FinishedRun{}, fmt.Errorf("%s holds no finished run: it was cut off or is still training; %s", f.Path, goOn)
	}
	if err != nil {
		return FinishedRun{}, err
	}
	if !summary.comparable() {
		if summary.Status == Failed {
			return FinishedRun{}, fmt.Errorf("%s holds no finished run: it failed: %s", f.Path, summary.Error)
		}
		return FinishedRun{}, fmt.Errorf("%s holds no finished run: it is %s; %s", f.Path, summary.Status, goOn)
	}
	history, err := f.History()
	if err != nil {
		return FinishedRun{}, err
	}
	if len(history) == 0 || len(history) != summary.Epochs {
		return FinishedRun{}, fmt.Errorf("%s: %d epochs, the summary is of %d: the run was made longer and is not finished; %s",
			f.File(MetricsFile), len(history), summary.Epochs, goOn)
	}
	return FinishedRun{f.Path, summary, history}, nil
}

// ConfigButSeed is the text of config.yaml without the line of the seed, which
// is the same for runs that differ in nothing else.
func (f *Folder) ConfigButSeed() (string, error) {
	content, err := read(f.File(ConfigFile), maxTextFile)
	if err != nil {
		return "", fmt.Errorf("%w", err)
	}
	lines := strings.Split(string(content), "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "seed: ") }), "\n"), nil
}

// comparable reports whether the summary holds every figure of a comparison.
func (s *Summary) comparable() bool {
	complete := func(f *Figures) bool {
		return f != nil && f.TestLoss != nil && (f.TestAccuracy == nil || f.TrainAccuracy != nil && f.ValidationAccuracy != nil)
	}
	return complete(s.Final) && complete(s.Best) && (s.Final.TestAccuracy == nil) == (s.Best.TestAccuracy == nil)
}
