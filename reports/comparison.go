package reports

import (
	"fmt"
	"slices"

	"cifartrain/metrics"
	"cifartrain/runfolder"
)

// A Compared is one config in a comparison, with its runs over seeds.
type Compared struct {
	Label string                  // its name, made unique among those compared
	Runs  []runfolder.FinishedRun // at least one
}

// Compare reads finished runs for a comparison. Those whose configs differ in
// the seed alone are one contestant, placed where the first of them stands.
// Runs must have ended with test figures and share their loss or have
// accuracies to compare; the error names the one that does not.
func Compare(folders []*runfolder.Folder) ([]Compared, error) {
	var compared []Compared
	places := make(map[string]int)
	for _, folder := range folders {
		run, err := folder.Finished()
		if err != nil {
			return nil, err
		}
		if len(compared) > 0 && !comparable(run.Summary, compared[0].Summary()) {
			return nil, fmt.Errorf("%s measures another loss (%s) than %s (%s); only runs of the same loss, or with accuracies, compare",
				folder.Path, run.Summary.Loss, compared[0].Runs[0].Path, compared[0].Summary().Loss)
		}
		config, err := folder.ConfigButSeed()
		if err != nil {
			return nil, err
		}
		place, known := places[config]
		if !known || compared[place].has(run.Summary.Seed) {
			place = len(compared)
			places[config] = place
			compared = append(compared, Compared{})
		}
		compared[place].Runs = append(compared[place].Runs, run)
	}
	label(compared)
	return compared, nil
}

// comparable reports whether the runs share a figure that compares.
func comparable(s, other *runfolder.Summary) bool {
	return s.Loss == other.Loss || s.Final.TestAccuracy != nil && other.Final.TestAccuracy != nil
}

// SameLoss reports whether all share their loss, so that losses compare too.
func SameLoss(compared []Compared) bool {
	return !slices.ContainsFunc(compared, func(c Compared) bool { return c.Summary().Loss != compared[0].Summary().Loss })
}

// Summary is that of the first run, for what all of them share.
func (c Compared) Summary() *runfolder.Summary { return c.Runs[0].Summary }

// Histories are those of the runs.
func (c Compared) Histories() metrics.Histories {
	var histories metrics.Histories
	for _, run := range c.Runs {
		histories = append(histories, run.History)
	}
	return histories
}

// PCA is the mean validation loss of the principal components that the runs are
// measured by, and 0 where a run has none.
func (c Compared) PCA() float64 {
	var losses []float64
	for _, run := range c.Runs {
		if run.Summary.PCA == nil {
			return 0
		}
		losses = append(losses, run.Summary.PCA.ValidationMSE)
	}
	return metrics.NewSpread(losses).Mean
}

// has reports whether a run of that seed is among the config's.
func (c Compared) has(seed uint64) bool {
	return slices.ContainsFunc(c.Runs, func(run runfolder.FinishedRun) bool { return run.Summary.Seed == seed })
}

// label names contestants after their configs, with the seed where a single run
// has another, and with the place where that does not tell them apart.
func label(compared []Compared) {
	name := func(i int) string { return compared[i].Summary().Name }
	seeded := func(i int) string { return fmt.Sprintf("%s, seed %d", name(i), compared[i].Summary().Seed) }
	for i := range compared {
		same, seedsToo := 0, 0
		for j := range compared {
			if name(j) == name(i) {
				same++
				if seeded(j) == seeded(i) {
					seedsToo++
				}
			}
		}
		switch {
		case same == 1:
			compared[i].Label = name(i)
		case seedsToo == 1 && len(compared[i].Runs) == 1:
			compared[i].Label = seeded(i)
		default:
			compared[i].Label = fmt.Sprintf("%s (%d)", name(i), i+1)
		}
	}
}

// Contender is what metrics.Compare takes of the config's runs.
func (c Compared) Contender() metrics.Contender {
	contender := metrics.Contender{Name: c.Label, Measure: "loss", Parameters: c.Summary().Parameters}
	var seconds []float64
	for _, run := range c.Runs {
		best := run.Summary.Best
		train, validation, test := best.TrainLoss, best.ValidationLoss, *best.TestLoss
		if best.TestAccuracy != nil {
			contender.Measure = "error rate"
			train, validation, test = 1-*best.TrainAccuracy, 1-*best.ValidationAccuracy, 1-*best.TestAccuracy
		}
		contender.Train = append(contender.Train, train)
		contender.Validation = append(contender.Validation, validation)
		contender.Test = append(contender.Test, test)
		for _, e := range run.History {
			seconds = append(seconds, e.Seconds)
		}
	}
	// The median: the first epochs may have shared the processor with the
	// principal components.
	slices.Sort(seconds)
	contender.SecondsPerEpoch = seconds[len(seconds)/2]
	return contender
}
