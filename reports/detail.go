package reports

import (
	"fmt"
	"strings"

	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/runfolder"
)

// blurred reports whether reconstructions lose clearly more of what is fine than
// of what is coarse.
func blurred(d *metrics.Detail) bool {
	const clearly = 0.9
	return d.FineKept < clearly*d.CoarseKept
}

// blur says what a run's reconstructions have in common: how much of the fine
// detail they keep, beside what principal components do. It is empty where nobody
// measured it.
func blur(s *runfolder.Summary) string {
	d := s.Detail
	if d == nil {
		return ""
	}
	what := "they keep what is fine as well as what is coarse"
	if blurred(d) {
		what = "they are blurred"
	}
	text := fmt.Sprintf("What its reconstructions have in common: %s. Of the differences from one block of %d × %[2]d pixels to the next they keep %s, of those within a block %s; "+
		"%s of the squared error is such fine detail.", what, d.Block, plots.Percent(d.CoarseKept), plots.Percent(d.FineKept), plots.Percent(d.FineShare))
	if pca := s.PCADetail; pca != nil {
		text += fmt.Sprintf(" Of %s principal components it is %s, %s and %s.", componentCount(s), plots.Percent(pca.CoarseKept), plots.Percent(pca.FineKept), plots.Percent(pca.FineShare))
	}
	return text
}

// componentCount is how many components stand beside the model.
func componentCount(s *runfolder.Summary) string {
	if s.PCA == nil {
		return "as many"
	}
	return fmt.Sprint(s.PCA.Components)
}

// blurs says what the reconstructions of all have in common, by the first run of
// each; it is empty where one of them has not been measured.
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
	text := fmt.Sprintf("What the reconstructions have in common:%s Of the differences from one block of %d × %[2]d pixels to the next they keep %s, of the fine detail within the blocks %s, which makes %s of the squared error.",
		what, first.Detail.Block, inWords(coarse), inWords(fine), inWords(errors))
	if pca := first.PCADetail; pca != nil {
		text += fmt.Sprintf(" Of %s principal components it is %s, %s and %s.", componentCount(first), plots.Percent(pca.CoarseKept), plots.Percent(pca.FineKept), plots.Percent(pca.FineShare))
	}
	return text
}

// inWords lists things: a, b and c.
func inWords(all []string) string {
	last := len(all) - 1
	if last == 0 {
		return all[0]
	}
	return strings.Join(all[:last], ", ") + " and " + all[last]
}
