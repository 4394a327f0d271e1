package reports

import (
	"cifartrain/runfolder"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// LatentKey is the key whose values principal components are held against.
const LatentKey = "model.latent"

// Warnings name what makes figures worth less.
func (s *Sweep) Warnings() []string {
	for _, setting := range s.Finished() {
		if summary := setting.Summary(); summary.Warning != "" {
			return []string{fmt.Sprintf("These figures are of the %s.", summary.Dataset)}
		}
	}
	return nil
}

// Answers say in sentences with their figures which setting is the best, how
// the best goes with each key's values, and whether a larger latent space helps.
func (s *Sweep) Answers() []string {
	finished := s.Finished()
	if len(finished) == 0 {
		return nil
	}
	answers := []string{s.bestAnswer(finished)}
	for k := range s.Keys {
		answers = append(answers, s.keyAnswer(k, finished))
	}
	if k := slices.Index(s.Keys, LatentKey); k >= 0 {
		answers = append(answers, s.latentAnswers(k, finished)...)
	}
	if missing := len(s.Settings) - len(finished); missing > 0 {
		answers = append(answers, fmt.Sprintf("%d of %d settings have no figures: %s says why.", missing, len(s.Settings), runfolder.ComparisonTable))
	}
	return answers
}

func (s *Sweep) measure() string {
	if s.Classifies() {
		return "accuracy"
	}
	return "loss"
}

// bestAnswer names the best setting and, of a single seed, how many stand as
// near to it as chance alone would have them: within the standard error of an
// accuracy p over n images, sqrt(p(1-p)/n).
func (s *Sweep) bestAnswer(finished []Setting) string {
	best := finished[0]
	figure := s.Figure(best)
	text := fmt.Sprintf("The best of %d settings is %s: validation %s %s, test %s %s.", len(finished), best.Label,
		s.measure(), s.figureText(figure), s.measure(), s.figureText(s.over(best, true)))
	if !s.Classifies() || figure.Runs > 1 {
		return text
	}
	images := best.Summary().Images.Validation
	chance := math.Sqrt(figure.Mean * (1 - figure.Mean) / float64(images))
	near := 0
	for _, other := range finished[1:] {
		if figure.Mean-s.Figure(other).Mean <= chance {
			near++
		}
	}
	return text + fmt.Sprintf(" An accuracy over %d images is sure to ±%.2g points: %d other settings are within that.", images, 100*chance, near)
}

// keyAnswer is the best figure with each value of a key, and whether the best
// value is the last one on its side.
func (s *Sweep) keyAnswer(k int, finished []Setting) string {
	var parts []string
	for _, value := range s.Values[k] {
		i := slices.IndexFunc(finished, func(setting Setting) bool { return setting.Values[k] == value })
		text := "none"
		if i >= 0 {
			text = s.figureText(s.Figure(finished[i]))
		}
		parts = append(parts, value+": "+text)
	}
	sentence := fmt.Sprintf("Best %s with each %s: %s.", s.measure(), s.Keys[k], strings.Join(parts, ", "))
	var numbers []float64
	for _, value := range s.Values[k] {
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			numbers = append(numbers, number)
		}
	}
	best, err := strconv.ParseFloat(finished[0].Values[k], 64)
	switch {
	case err != nil || len(numbers) < max(2, len(s.Values[k])):
		return sentence
	case best == slices.Max(numbers):
		return sentence + " The best is the largest tried; a larger one may do better."
	case best == slices.Min(numbers) && best > 0:
		return sentence + " The best is the smallest tried; a smaller one may do better."
	}
	return sentence
}

// equal is how near to the lowest a loss counts as it, as in metrics.Compare.
const equal = 0.01

// latentAnswers say, for each value of the first other key, up to where a larger
// latent space helps, beside as many principal components.
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
			answer = group + ": " + answer
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
	text += fmt.Sprintf(". The validation loss is %.5f with %s values, %.5f with %s", loss(first), first.Values[latent], loss(best), best.Values[latent])
	if enough < len(line)-1 {
		text += fmt.Sprintf(", %.5f with %s", loss(last), last.Values[latent])
	}
	if a, b := first.PCA(), last.PCA(); a > 0 && b > 0 {
		text += fmt.Sprintf("; that is %.2f times what %s principal components reach, and %.2f times with %s",
			loss(first)/a, first.Values[latent], loss(last)/b, last.Values[latent])
	}
	return text + "."
}
