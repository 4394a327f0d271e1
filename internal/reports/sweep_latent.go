package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"cifartrain/plots"
)

// LatentKey is the key for the width of the latent space. Models are compared with
// as many principal components.
const LatentKey = "model.latent"

// equal is how much higher than the lowest loss another loss may be to count as
// equally low: two seeds of one config differ by about as much.
const equal = 0.01

// latentAnswers says, for each value of the first other key, up to which width a
// larger latent space helps, and how the losses compare with those of as many
// principal components.
func (s *Sweep) latentAnswers(latent int, finished []Setting) []string {
	other := slices.IndexFunc(s.Keys, func(key string) bool { return key != LatentKey })
	groups := []string{""}
	if other >= 0 {
		groups = s.Values[other]
	}
	var answers []string
	for _, group := range groups {
		var line []Setting // the best with each latent, in the order of their widths
		for _, value := range s.Values[latent] {
			i := slices.IndexFunc(finished, func(setting Setting) bool {
				return setting.Values[latent] == value && (other < 0 || setting.Values[other] == group)
			})
			if i >= 0 {
				line = append(line, finished[i])
			}
		}
		width := func(setting Setting) int { n, _ := strconv.Atoi(setting.Values[latent]); return n }
		slices.SortFunc(line, func(a, b Setting) int { return width(a) - width(b) })
		if len(line) < 2 || s.Classifies() {
			continue
		}
		answer := s.latentAnswer(latent, line)
		if other >= 0 {
			answer = ShortKeys(s.Keys)[other] + " " + group + ": " + answer
		}
		answers = append(answers, answer)
	}
	return answers
}

func (s *Sweep) latentAnswer(latent int, line []Setting) string {
	loss := func(setting Setting) float64 { return s.Figure(setting).Mean }
	lowest := loss(slices.MinFunc(line, func(a, b Setting) int { return cmp.Compare(loss(a), loss(b)) }))
	enough := slices.IndexFunc(line, func(setting Setting) bool { return loss(setting) <= (1+equal)*lowest })
	first, last, best := line[0], line[len(line)-1], line[enough]
	text := fmt.Sprintf("a larger latent space helps up to %s values, after which the loss falls by no more than 1%%", best.Values[latent])
	switch enough {
	case 0:
		text = "a larger latent space does not help: the loss falls by no more than 1%"
	case len(line) - 1:
		text = "a larger latent space helps, up to the largest tried"
	}
	text += fmt.Sprintf(". The validation loss is %s with %s values, %s with %s", plots.Loss(loss(first)), first.Values[latent], plots.Loss(loss(best)), best.Values[latent])
	if enough < len(line)-1 {
		text += fmt.Sprintf(", %s with %s", plots.Loss(loss(last)), last.Values[latent])
	}
	if a, b := first.PCA(), last.PCA(); a > 0 && b > 0 {
		text += fmt.Sprintf("; that is %.2f times what %s principal components reach, and %.2f times with %s",
			loss(first)/a, first.Values[latent], loss(last)/b, last.Values[latent])
	}
	return text + "."
}
