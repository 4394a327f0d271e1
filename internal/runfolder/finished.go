package runfolder

import (
	"errors"
	"fmt"
	"io/fs"

	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

// The files of a comparison's folder.
const (
	ComparisonPicture     = "comparison.png"
	ComparisonLossPicture = "comparison_loss.png" // if the first picture shows accuracies
	ComparisonTable       = "comparison.csv"
)

// A FinishedRun holds what a comparison needs of a run.
type FinishedRun struct {
	Path    string
	Summary *Summary
	History metrics.History
}

// Finished reads a run that has ended.
func (f *Folder) Finished() (FinishedRun, error) {
	goOn := "go on with it: " + shell.Command("-resume", f.Path)
	summary, err := f.Summary()
	why := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "it was cut off or is still training; " + goOn
	case err != nil:
		return FinishedRun{}, err
	case summary.comparable():
	case summary.Status == Failed:
		why = "it failed: " + summary.Error
	case summary.Status == Training && f.Locked():
		why = "it is still training; wait for it"
	case summary.Status == Training:
		why = "it was cut off; " + goOn
	default:
		why = "it is " + summary.Status + "; " + goOn
	}
	if why != "" {
		return FinishedRun{}, wrongRunError{error: fmt.Errorf("%s holds no finished run: %s", f.Path, why)}
	}
	history, err := f.History()
	if err != nil {
		err = fmt.Errorf("%w; have it written again with: %s", err, shell.Command("-resume", f.Path))
	} else if len(history) == 0 || len(history) != summary.Epochs {
		err = wrongRunError{error: fmt.Errorf("%s: %d epochs, but the summary counts %d: the run was made longer and is not finished; %s",
			f.File(MetricsFile), len(history), summary.Epochs, goOn)}
	}
	return FinishedRun{f.Path, summary, history}, err
}

// SoFar reads what a run that is being trained has reached, for its curves; it
// has no test figures.
func (f *Folder) SoFar() (FinishedRun, error) {
	summary, err := f.Summary()
	if err != nil {
		return FinishedRun{}, err
	}
	history, err := f.History()
	if err == nil && len(history) == 0 {
		err = fmt.Errorf("%s has no epochs yet", f.Path)
	}
	return FinishedRun{f.Path, summary, history}, err
}

// comparable reports whether the summary holds every figure of a comparison.
func (s *Summary) comparable() bool {
	complete := func(f *Figures) bool {
		return f != nil && f.TestLoss != nil &&
			(!s.Task.Classifies() || f.TrainAccuracy != nil && f.ValidationAccuracy != nil && f.TestAccuracy != nil)
	}
	return complete(s.Final) && complete(s.Best)
}
