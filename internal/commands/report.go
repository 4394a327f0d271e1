package commands

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"gonum.org/v1/plot/vg"

	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
	"cifartrain/internal/series"
	"cifartrain/plots"
)

// report draws the pictures and the page of a run or a sweep again, and its charts as
// vector files if a format is given.
func (p *program) report(ctx context.Context, operands []string) error {
	centimeters := map[string]float64{"column": 8.6, "page": 17.8}[p.width]
	if n, err := strconv.ParseFloat(p.width, 64); err == nil && n >= 4 && n <= 100 {
		centimeters = n
	}
	switch {
	case p.format != "" && p.format != "svg" && p.format != "pdf":
		return usagef("report has no -format %s: its charts become svg or pdf", p.format)
	case centimeters == 0:
		return usagef("-width %s is not column, page or a number of centimeters from 4 to 100", p.width)
	}
	p.session.Vector = plots.Vector{Format: p.format, Width: vg.Length(centimeters) * vg.Centimeter}
	return series.Redraw(ctx, &p.session, operands[0], p.settings())
}

// list shows all runs and writes their page.
func (p *program) list(context.Context, []string) error {
	folder := p.session.Runs
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return runs.Requestf("there is no folder %s with runs; train something first, or choose another folder with -runs", folder)
	}
	err := reports.WriteIndex(folder)
	reports.ShowRuns(p.stdout, folder, err == nil)
	if err != nil { // the list has been shown all the same
		fmt.Fprintf(p.stderr, "warning: %v\n", err)
	}
	return nil
}
