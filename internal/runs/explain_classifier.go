package runs

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// The most that one picture can show.
const (
	mostMistakes     = 18
	mostCurves       = 10
	mostClassesDrawn = 20
)

// explainClassifier returns the pictures that show, on the test images, what a
// classifier is sure of and what it gets wrong.
func explainClassifier(t *Run, caption plots.Caption) []picture {
	drawn := func(draw func(io.Writer, []Prediction) error) func(io.Writer) error {
		return func(w io.Writer) error {
			all, err := t.predictions()
			if err != nil {
				return err
			}
			return draw(w, all)
		}
	}
	return []picture{
		{file: "roc.png", group: "How good it is", tested: true, chart: true, meaning: "How many images of a class it finds at the cost of how many false alarms, for every threshold.",
			draw: drawn(func(w io.Writer, all []Prediction) error {
				curves, omitted := t.characteristics(all)
				return plots.ROC(w, caption, curves, omitted)
			}),
			csv: drawn(func(w io.Writer, all []Prediction) error {
				curves, _ := t.characteristics(all)
				rows := [][]string{{"class", "false_positive_rate", "true_positive_rate"}}
				for _, curve := range curves {
					for i := range curve.FalsePositive {
						rows = append(rows, []string{curve.Class, fmt.Sprint(curve.FalsePositive[i]), fmt.Sprint(curve.TruePositive[i])})
					}
				}
				return csv.NewWriter(w).WriteAll(rows)
			})},
		{file: "margins.png", group: "What it gets wrong", tested: true, chart: true, meaning: "How far on the right or wrong side of the boundary the test images of each class lie.",
			draw: drawn(func(w io.Writer, all []Prediction) error {
				return plots.Margins(w, caption, t.margins(all))
			}),
			csv: drawn(func(w io.Writer, all []Prediction) error {
				rows := [][]string{{"index", "class", "margin"}}
				for i, prediction := range all {
					rows = append(rows, []string{fmt.Sprint(t.Test.Index(i)), t.Test.Classes[t.Test.Class(i)], fmt.Sprint(margin(t.Test.Class(i), prediction.Scores))})
				}
				return csv.NewWriter(w).WriteAll(rows)
			})},
		{file: "mistakes.png", group: "What it gets wrong", tested: true, meaning: "The mistakes it is most sure of.",
			draw: drawn(func(w io.Writer, all []Prediction) error {
				mistakes, wrong := t.mistakes(all)
				return plots.Mistakes(w, caption, mistakes, wrong, len(all[0].Scores) == 1)
			})},
	}
}

// margin is how far an image lies on the right side of the boundary: y*score
// for two classes; for more, the score of its class minus the highest other
// score.
func margin(class int, scores []float32) float64 {
	if len(scores) == 1 {
		return float64(2*class-1) * float64(scores[0])
	}
	other := math.Inf(-1)
	for place, score := range scores {
		if place != class {
			other = max(other, float64(score))
		}
	}
	return float64(scores[class]) - other
}

// margins returns the margins of the test images by class; of many classes,
// only the hardest.
func (r *Run) margins(all []Prediction) plots.MarginFigures {
	test := r.Test
	byClass := make([]plots.ClassValues, len(test.Classes))
	for i, prediction := range all {
		class := &byClass[test.Class(i)]
		class.Class = test.Classes[test.Class(i)]
		class.Values = append(class.Values, margin(test.Class(i), prediction.Scores))
	}
	figures := plots.MarginFigures{Binary: len(all[0].Scores) == 1}
	figures.Classes, figures.Omitted = hardestClasses(byClass, func(c plots.ClassValues) float64 { return mean(c.Values) })
	// A hinge is 0 from a margin of 1 on. The sum of one hinge for each class against the
	// rest depends on the scores themselves, not on their difference.
	loss := r.Config.Loss
	if strings.HasSuffix(loss.Kind, "hinge") && (figures.Binary || loss.Multiclass == "weston_watkins") {
		figures.Loss = r.Architecture.LossName
	}
	return figures
}

// hardestClasses leaves out classes without images and, if there are many
// classes, the easiest ones, and returns how many these are.
func hardestClasses(all []plots.ClassValues, ease func(plots.ClassValues) float64) (classes []plots.ClassValues, omitted int) {
	classes = slices.DeleteFunc(all, func(c plots.ClassValues) bool { return len(c.Values) == 0 })
	if len(classes) <= mostClassesDrawn {
		return classes, 0
	}
	slices.SortStableFunc(classes, func(a, b plots.ClassValues) int { return cmp.Compare(ease(a), ease(b)) })
	return classes[:mostClassesDrawn], len(classes) - mostClassesDrawn
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

// characteristics returns the ROC of the second of two classes, or of each of
// several classes against the rest; of many classes, only the hardest, and how many
// others there are.
func (r *Run) characteristics(all []Prediction) (curves []plots.NamedROC, omitted int) {
	test := r.Test
	scores, of := make([]float64, len(all)), make([]bool, len(all))
	for place := range all[0].Scores {
		class := place
		if len(all[0].Scores) == 1 {
			class = 1 // a score above 0 means the second class
		}
		for i, prediction := range all {
			scores[i], of[i] = float64(prediction.Scores[place]), test.Class(i) == class
		}
		if roc := metrics.NewROC(scores, of); roc.TruePositive != nil {
			curves = append(curves, plots.NamedROC{Class: test.Classes[class], ROC: roc})
		}
	}
	if len(curves) <= mostCurves {
		return curves, 0
	}
	slices.SortStableFunc(curves, func(a, b plots.NamedROC) int { return cmp.Compare(a.Area, b.Area) })
	return curves[:mostCurves], len(curves) - mostCurves
}

// mistakes returns the wrong predictions with the lowest margins, the lowest first,
// and the number of all wrong ones.
func (r *Run) mistakes(all []Prediction) (lowest []plots.Mistake, total int) {
	test := r.Test
	var wrong []int
	for i, prediction := range all {
		if prediction.Predicted != test.Class(i) {
			wrong = append(wrong, i)
		}
	}
	of := func(i int) float64 { return margin(test.Class(i), all[i].Scores) }
	slices.SortStableFunc(wrong, func(a, b int) int { return cmp.Compare(of(a), of(b)) })
	for _, i := range wrong[:min(len(wrong), mostMistakes)] {
		lowest = append(lowest, plots.Mistake{
			Image: r.Picture(test, i), Label: test.Classes[test.Class(i)], Predicted: test.Classes[all[i].Predicted], Margin: of(i),
		})
	}
	return lowest, len(wrong)
}
