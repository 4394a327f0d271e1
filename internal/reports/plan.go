package reports

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// A Plan is what a dry run finds out about the runs of a config.
type Plan struct {
	Summary *runfolder.Summary // what is known about a run before it begins

	Steps, Batch int // steps in an epoch, images in a step
	Epochs       int
	MayStop      bool // whether a run may stop early
	Seeds        int
	Folder       string // where the run folders would be created
	Files        []string

	Step, Epoch, Seconds float64 // seconds of a step, of an epoch, and of a run's training and evaluation
	Memory               int64   // bytes that a run takes
}

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

// ShowPlan shows what a dry run found.
func ShowPlan(out io.Writer, p Plan) {
	s := p.Summary
	seeds, each := fmt.Sprintf("seed %d", s.Seed), ""
	if p.Seeds > 1 {
		seeds = fmt.Sprintf("seeds %d to %d", s.Seed, s.Seed+uint64(p.Seeds-1))
		each = fmt.Sprintf(", and %s for %d seeds", Duration(p.Seconds*float64(p.Seeds)), p.Seeds)
	}
	most := atMost(p.MayStop)
	fmt.Fprintf(out, "%s: %s, %s\n\n", s.Name, s.Model, seeds)
	Table(out, layerRows(s))
	fmt.Fprintf(out, "\n%s: %s\n%s\n", s.Dataset, ClassList(s.Classes), imageCounts(s))
	fmt.Fprintf(out, "%s steps an epoch, %d images each; %s%s steps in %s\n", Thousands(p.Steps), p.Batch, most, Thousands(p.Steps*p.Epochs), Epochs(p.Epochs))
	say(out, "would write to %s: %s", filepath.Join(p.Folder, "<UTC time>"), strings.Join(p.Files, ", "))
	say(out, "would train for %sabout %s (%.3g ms a step, %s an epoch)%s", most, Duration(p.Seconds), 1e3*p.Step, Duration(p.Epoch), each)
	fmt.Fprintf(out, "would take about %s of memory a run\n\n", Bytes(p.Memory))
}

// ShowSweepPlan shows what a dry run found out about a sweep.
func ShowSweepPlan(out io.Writer, p SweepPlan) {
	each := Duration(p.Longest)
	if shortest := Duration(p.Shortest); shortest != each {
		each = shortest + " to " + each
	}
	fmt.Fprintf(out, "%s: %s settings, %s runs, %d at once\n", p.Name, Thousands(p.Settings), Thousands(p.Runs), p.AtOnce)
	say(out, "would train for %sabout %s, each run %s", atMost(p.MayStop), Duration(p.Seconds), each)
	fmt.Fprintf(out, "would take about %s of memory\nwould write to %s\n\n", Bytes(p.Memory), p.Folder)
}

// atMost is written before what a run takes if it may stop early.
func atMost(mayStop bool) string {
	if mayStop {
		return "at most "
	}
	return ""
}

// layerRows is the table of a model's layers: a head, a row for each, the total.
func layerRows(s *runfolder.Summary) [][]string {
	rows := [][]string{{"layer", "values", "weight", "parameters", "activation"}}
	for _, layer := range s.Layers {
		activation, weight := layer.Activation, fmt.Sprintf("%d × %d", layer.Out, layer.In)
		if layer.Latent {
			activation = strings.TrimPrefix(activation+", latent", ", ")
		}
		if layer.SharesWith != "" {
			weight = "shared " + weight
		}
		rows = append(rows, []string{layer.Name, fmt.Sprintf("%d to %d", layer.In, layer.Out), weight, Thousands(layer.Parameters), activation})
	}
	return append(rows, []string{"total", "", "", Thousands(s.Parameters), ""})
}

// DryRunEnd says how long all runs together would take, where their comparison, if
// any, would be written, and that nothing was trained or written.
func DryRunEnd(out io.Writer, runs int, comparison string, seconds float64) {
	if runs > 1 && comparison != "" {
		say(out, "%d runs would take about %s in all, and a comparison would go to %s", runs, Duration(seconds), filepath.Join(comparison, "<UTC time>"))
	}
	say(out, "This was a dry run: nothing was trained or written. Loading the data, pictures and the principal components of an autoencoder take more time.")
}

// ShowRates says what a learning-rate range test of a config found.
func ShowRates(out io.Writer, name string, test metrics.RateTest, picture string) {
	found := "The loss never falls by more than it differs from batch to batch, so the test names no range. Look at the picture, and check the model and its data."
	if low, high, descends := test.Range(); descends {
		found = fmt.Sprintf("Look for a good one between %.2g and %.2g: from where the loss falls most steeply to a third of the rate at which half of that fall is lost again.", low, high)
	}
	say(out, "%s: %s steps with learning rates from %.2g to %.2g. %s", name, Thousands(len(test)), test[0].Rate, test[len(test)-1].Rate, found)
	fmt.Fprintf(out, "Picture: %s. Nothing else was written.\n", picture)
}

// imageCounts says how many images each split has.
func imageCounts(s *runfolder.Summary) string {
	return fmt.Sprintf("%s training, %s validation, %s test images",
		Thousands(s.Images.Training), Thousands(s.Images.Validation), Thousands(s.Images.Test))
}
