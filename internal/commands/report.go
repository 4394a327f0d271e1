package commands

import (
	"context"
	"fmt"
	"os"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/series"
)

// report draws the pictures and the page of a run or a sweep again.
func (p *program) report(ctx context.Context, operands []string) error {
	path := operands[0]
	if _, _, sweep := runfolder.OpenSweep(path); !sweep && runfolder.IsComparison(path) {
		return wrong("%s is a comparison; compare the runs again with the command compare", path)
	}
	return series.Redraw(ctx, &p.session, path, p.settings())
}

// list shows all runs and writes their page.
func (p *program) list(context.Context, []string) error {
	folder := p.session.Runs
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return wrong("there is no folder %s with runs; train something first, or choose another folder with -runs", folder)
	}
	err := reports.WriteIndex(folder)
	reports.ShowRuns(p.stdout, folder, err == nil)
	if err != nil { // the list has been shown all the same
		fmt.Fprintf(p.stderr, "warning: %v\n", err)
	}
	return nil
}
