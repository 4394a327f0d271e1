package reports

import (
	"fmt"
	"math"

	"cifartrain/internal/runfolder"
	"cifartrain/plots"
)

// A Tile is a figure of a run with its meaning.
type Tile struct{ Value, Meaning string }

// tiles returns the figures that the page shows first.
func tiles(s *runfolder.Summary) (all []Tile) {
	b := s.Best
	if b == nil || s.Final == nil {
		return nil
	}
	add := func(value, meaning string, args ...any) {
		all = append(all, Tile{value, fmt.Sprintf(meaning, args...)})
	}
	figure := func(name string, loss func(*runfolder.Figures) *float64, accuracy func(*runfolder.Figures) *float64) {
		read, text := loss, plots.Loss
		if s.Task.Classifies() {
			read, text = accuracy, plots.Percent
		}
		if read(b) != nil {
			add(text(*read(b)), "%s %s of the best epoch, %d", name, measure(s.Task.Classifies()), b.Epoch)
		}
		if read(s.Final) != nil && s.Final.Epoch != b.Epoch {
			add(text(*read(s.Final)), "%s %s of the last epoch, %d", name, measure(s.Task.Classifies()), s.Final.Epoch)
		}
	}
	figure("validation", func(f *runfolder.Figures) *float64 { return &f.ValidationLoss }, func(f *runfolder.Figures) *float64 { return f.ValidationAccuracy })
	figure("test", func(f *runfolder.Figures) *float64 { return f.TestLoss }, func(f *runfolder.Figures) *float64 { return f.TestAccuracy })
	if share := baseline(s); share > 0 {
		add(plots.Percent(share), "test accuracy of always answering the commonest class")
	}
	if b.TestLoss != nil && s.PCA != nil {
		add(ratioText(*b.TestLoss/s.PCA.TestMSE)+" times", "the test loss of %d principal components, %s: the best a linear autoencoder can do", s.PCA.Components, plots.Loss(s.PCA.TestMSE))
	}
	if s.Seconds > 0 {
		add(Duration(s.Seconds), "from start to report, %s images/s in training", Thousands(int(math.Round(s.ImagesPerSecond))))
	}
	return all
}

// ratioText writes a ratio with two decimals, or with two significant digits if it
// is so small that two decimals would leave hardly any.
func ratioText(ratio float64) string {
	if ratio > 0 && ratio < 0.1 {
		return fmt.Sprintf("%.2g", ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}
