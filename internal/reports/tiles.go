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
	if s.Best == nil || s.Final == nil {
		return nil
	}
	add := func(value, meaning string, args ...any) {
		all = append(all, Tile{value, fmt.Sprintf(meaning, args...)})
	}
	r := newResult(s)
	for _, of := range [][2]string{{"val", "validation"}, {"test", "test"}} {
		if text := r.text("best_" + of[0]); text != "" {
			add(text, "%s %s of the best epoch, %d", of[1], measure(r.classifies), s.Best.Epoch)
		}
		if text := r.text(of[0]); text != "" && s.Final.Epoch != s.Best.Epoch {
			add(text, "%s %s of the last epoch, %d", of[1], measure(r.classifies), s.Final.Epoch)
		}
	}
	if share := baseline(s); share > 0 {
		add(plots.Percent(share), "test accuracy of always answering the commonest class")
	}
	if s.Best.TestLoss != nil && s.PCA != nil {
		add(ratioText(*s.Best.TestLoss/s.PCA.TestMSE)+" times", "the test loss of %d principal components, %s: the best a linear autoencoder can do", s.PCA.Components, plots.Loss(s.PCA.TestMSE))
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

// baseline is the accuracy on test images of always answering the commonest class;
// 0 if it is not known.
func baseline(s *runfolder.Summary) float64 {
	if s.Confusion == nil || s.Confusion.Total() == 0 {
		return 0
	}
	most := 0
	for _, class := range s.Confusion.ByClass() {
		most = max(most, class.Samples)
	}
	return float64(most) / float64(s.Confusion.Total())
}
