package commands

import (
	"context"
	"fmt"
	"os"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// Report draws the pictures and the page of the run or sweep at path again.
func Report(ctx context.Context, s *runs.Session, path string, overrides []string) error {
	if _, _, sweep := runfolder.OpenSweep(path); !sweep && runfolder.IsComparison(path) {
		return wrong("%s is a comparison; compare the runs again with the command compare", path)
	}
	return s.Redraw(ctx, path, overrides)
}

// Runs lists all runs in the session's folder and writes their page.
func Runs(s *runs.Session) error {
	if info, err := os.Stat(s.Runs); err != nil || !info.IsDir() {
		return wrong("there is no folder %s with runs; train something first, or choose another folder with -runs", s.Runs)
	}
	err := reports.WriteIndex(s.Runs)
	reports.ShowRuns(s.Out, s.Runs, err == nil)
	if err != nil { // the list has been shown all the same
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	return nil
}
