package reports

import (
	"fmt"
	"io"
)

// A SweepPlan is what the runs of a sweep would be.
type SweepPlan struct {
	Name              string
	Settings, Runs    int
	AtOnce            int     // runs that are trained side by side
	Folder            string  // the sweep's
	Shortest, Longest float64 // run, seconds
	Seconds           float64 // of all runs
	Memory, Disk      int64   // of all runs, bytes
	MayStop           bool    // early
}

// ShowSweepPlan shows what a dry run found of a sweep.
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
	fmt.Fprintf(out, "would take about %s of memory and %s of disk\n", Bytes(p.Memory), Bytes(p.Disk))
	fmt.Fprintf(out, "would write to %s\n\n", p.Folder)
}

// Bytes is an amount of memory or disk as a person writes it: 512 kB, 1.5 GB.
func Bytes(n int64) string {
	amount, units := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	for amount >= 999.5 && len(units) > 1 {
		amount, units = amount/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", amount, units[0])
}
