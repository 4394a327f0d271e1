package reports

import (
	"fmt"
	"io"
)

// A SweepPlan is what a dry run finds out about the runs of a sweep.
type SweepPlan struct {
	Name              string
	Settings, Runs    int
	AtOnce            int     // runs that are trained side by side
	Folder            string  // of the sweep
	Shortest, Longest float64 // seconds of the shortest and the longest run
	Seconds           float64 // seconds of all runs
	Memory            int64   // bytes that all runs take
	MayStop           bool    // whether a run may stop early
}

// ShowSweepPlan shows what a dry run found out about a sweep.
func ShowSweepPlan(out io.Writer, p SweepPlan) {
	fmt.Fprintf(out, "%s: %s settings, %s runs, %d at once\n", p.Name, Thousands(p.Settings), Thousands(p.Runs), p.AtOnce)
	most := ""
	if p.MayStop {
		most = "at most "
	}
	each := Duration(p.Longest)
	if shortest := Duration(p.Shortest); shortest != each {
		each = shortest + " to " + each
	}
	fmt.Fprintln(out, wrap(fmt.Sprintf("would train for %sabout %s, each run %s", most, Duration(p.Seconds), each), widthOf(out)))
	fmt.Fprintf(out, "would take about %s of memory\n", Bytes(p.Memory))
	fmt.Fprintf(out, "would write to %s\n\n", p.Folder)
}

// Bytes is an amount of memory as a person writes it: 512 kB, 1.5 GB.
func Bytes(n int64) string {
	amount, units := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	for amount >= 999.5 && len(units) > 1 {
		amount, units = amount/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", amount, units[0])
}
