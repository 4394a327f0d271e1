package reports

import (
	"fmt"
	"slices"
	"strings"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// Chart draws the configs' curves: of their losses where all share one, and of
// their accuracies where all classify.
func Chart(compared []Compared) (*plots.Chart, error) {
	var contenders []plots.Contender
	var datasets []string
	for _, c := range compared {
		contenders = append(contenders, plots.Contender{Name: c.Label, Histories: c.Histories(), Yardstick: c.PCA()})
		dataset := c.Summary().Dataset + ": " + ClassList(c.Summary().Classes)
		if !slices.Contains(datasets, dataset) {
			datasets = append(datasets, dataset)
		}
	}
	caption := plots.Caption{Dataset: strings.Join(datasets, "; ")}
	if !SameLoss(compared) {
		return plots.AccuracyComparison(caption, contenders)
	}
	return plots.LossComparison(caption, compared[0].Summary().Loss, contenders)
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
