package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// Curves are what a picture draws of compared configs, and its caption.
func Curves(compared []Compared) (plots.Caption, []plots.ComparedRun) {
	var curves []plots.ComparedRun
	var datasets []string
	for _, c := range compared {
		curves = append(curves, plots.ComparedRun{Name: c.Label, Histories: c.Histories(), Yardstick: c.PCA()})
		dataset := c.Summary().Dataset + ": " + ClassList(c.Summary().Classes)
		if !slices.Contains(datasets, dataset) {
			datasets = append(datasets, dataset)
		}
	}
	return plots.Caption{Dataset: strings.Join(datasets, "; ")}, curves
}

// comparedCurves draws the configs' curves for a page.
func comparedCurves(compared []Compared) (template.HTML, error) {
	caption, curves := Curves(compared)
	return drawn(func(w *strings.Builder) error {
		if !SameLoss(compared) {
			return plots.AccuracyComparisonFigure(w, caption, curves)
		}
		return plots.ComparisonFigure(w, caption, compared[0].Summary().Loss, curves)
	})
}

// overSeeds says what the best weights of the config's runs reach.
func (c Compared) overSeeds() string {
	test := metrics.NewSpread(c.Contender().Test)
	if c.Summary().Best.TestAccuracy != nil { // then Test holds error rates
		return fmt.Sprintf("Over %d seeds it classifies %.2f ± %.2f%% of the test images rightly, which it never saw in training: mean and standard deviation, by each run's best weights.",
			test.Runs, 100*(1-test.Mean), 100*test.Deviation)
	}
	return fmt.Sprintf("Over %d seeds its loss on test images, which it never saw in training, is %.5g ± %.2g: mean and standard deviation, by each run's best weights.",
		test.Runs, test.Mean, test.Deviation)
}

// ClassList names classes in a sentence.
func ClassList(classes []string) string {
	const all = 10 // of CIFAR-10
	if len(classes) == all {
		return "all ten classes"
	}
	return strings.Join(classes, ", ")
}
