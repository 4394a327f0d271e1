package reports

import (
	"fmt"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// blurred reports whether reconstructions lose clearly more of the fine detail
// than of the coarse.
func blurred(d *metrics.Detail) bool {
	const clearly = 0.9
	return d.FineKept < clearly*d.CoarseKept
}

// blur says what a run's reconstructions have in common: how much of the fine
// detail they keep, beside how much principal components keep. It returns "" if
// this was not measured.
func blur(s *runfolder.Summary) string {
	d := s.Detail
	if d == nil {
		return ""
	}
	what := "they keep fine detail as well as coarse"
	if blurred(d) {
		what = "they are blurred"
	}
	text := fmt.Sprintf("What its reconstructions have in common: %s. They keep %[3]s of the differences from one block of %[2]d × %[2]d pixels to the next, and %[4]s of those within a block; "+
		"%[5]s of the squared error is such fine detail.", what, d.Block, plots.Percent(d.CoarseKept), plots.Percent(d.FineKept), plots.Percent(d.FineShare))
	if pca := s.PCADetail; pca != nil {
		text += fmt.Sprintf(" For %s principal components these figures are %s, %s and %s.", componentCount(s), plots.Percent(pca.CoarseKept), plots.Percent(pca.FineKept), plots.Percent(pca.FineShare))
	}
	return text
}

// componentCount returns how many principal components the model is compared
// with.
func componentCount(s *runfolder.Summary) string {
	if s.PCA == nil {
		return "as many"
	}
	return fmt.Sprint(s.PCA.Components)
}

// blurs says what the reconstructions of all contenders have in common, measured
// on the first run of each. It returns "" if one of them has not been measured.
func (c *Comparison) blurs() string {
	var coarse, fine, errors []string
	what := " they are blurred."
	for _, contender := range c.Contenders {
		d := contender.Summary().Detail
		if d == nil {
			return ""
		}
		if !blurred(d) {
			what = ""
		}
		coarse = append(coarse, fmt.Sprintf("%s (%s)", plots.Percent(d.CoarseKept), contender.Label))
		fine, errors = append(fine, plots.Percent(d.FineKept)), append(errors, plots.Percent(d.FineShare))
	}
	first := c.Contenders[0].Summary()
	text := fmt.Sprintf("What the reconstructions have in common:%s They keep %[3]s of the differences from one block of %[2]d × %[2]d pixels to the next, and %[4]s of the fine detail within the blocks, which is %[5]s of the squared error.",
		what, first.Detail.Block, inWords(coarse), inWords(fine), inWords(errors))
	if pca := first.PCADetail; pca != nil {
		text += fmt.Sprintf(" For %s principal components these figures are %s, %s and %s.", componentCount(first), plots.Percent(pca.CoarseKept), plots.Percent(pca.FineKept), plots.Percent(pca.FineShare))
	}
	return text
}

// inWords lists things in a sentence: a, b and c.
func inWords(all []string) string {
	last := len(all) - 1
	if last == 0 {
		return all[0]
	}
	return strings.Join(all[:last], ", ") + " and " + all[last]
}
