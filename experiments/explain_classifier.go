package experiments

import (
	"cmp"
	"io"
	"math"
	"slices"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// The most that one picture shows.
const (
	mostMistakes     = 16
	mostCurves       = 8
	mostClassesDrawn = 20
)

// explainClassifier are the pictures that show what a classifier is sure of, and
// what it gets wrong, on the test images.
func explainClassifier(t *tested, caption plots.Caption) []picture {
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
		{file: "roc.png", group: "How good it is", tested: true, meaning: "How much of a class it finds for how many false alarms: what another threshold would give.",
			draw: drawn(func(w io.Writer, all []Prediction) error {
				curves, cut := t.characteristics(all)
				return plots.ROC(w, hardest(caption, cut), curves)
			})},
		{file: "margins.png", group: "What it gets wrong", tested: true, meaning: "How far on the right or the wrong side each class's test images lie.",
			draw: drawn(func(w io.Writer, all []Prediction) error {
				classes, cut := t.margins(all)
				return plots.Margins(w, hardest(caption, cut), classes)
			})},
		{file: "mistakes.png", group: "What it gets wrong", tested: true, meaning: "The mistakes it is surest of: what do they look like that it takes for the other class?",
			draw: drawn(func(w io.Writer, all []Prediction) error { return plots.Mistakes(w, caption, t.mistakes(all)) })},
	}
}

// hardest says in a caption that easier classes were left out.
func hardest(caption plots.Caption, cut bool) plots.Caption {
	if cut {
		caption.Dataset += ", the hardest classes"
	}
	return caption
}

// margin is how far on the right side of its boundary an image lies: y*score of
// two classes, and of more its own class's score less the highest other.
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

// margins are those of the test images by class, of many classes the hardest.
func (p *Prepared) margins(all []Prediction) (classes []plots.ClassValues, cut bool) {
	test := p.Images.Test
	byClass := make([]plots.ClassValues, len(test.Classes))
	for i, prediction := range all {
		class := &byClass[test.Class(i)]
		class.Class = test.Classes[test.Class(i)]
		class.Values = append(class.Values, margin(test.Class(i), prediction.Scores))
	}
	return hardestClasses(byClass, func(c plots.ClassValues) float64 { return mean(c.Values) })
}

// hardestClasses leaves out classes without images and, of many, those whose
// ease is the greatest.
func hardestClasses(all []plots.ClassValues, ease func(plots.ClassValues) float64) (classes []plots.ClassValues, cut bool) {
	classes = slices.DeleteFunc(all, func(c plots.ClassValues) bool { return len(c.Values) == 0 })
	if len(classes) <= mostClassesDrawn {
		return classes, false
	}
	slices.SortStableFunc(classes, func(a, b plots.ClassValues) int { return cmp.Compare(ease(a), ease(b)) })
	return classes[:mostClassesDrawn], true
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

// characteristics are the ROC of the second of two classes, or of each of more
// against the rest, of many the hardest.
func (p *Prepared) characteristics(all []Prediction) (curves []plots.NamedROC, cut bool) {
	test := p.Images.Test
	scores, of := make([]float64, len(all)), make([]bool, len(all))
	for place := range all[0].Scores {
		class := place
		if len(all[0].Scores) == 1 {
			class = 1 // a score above 0 says the second
		}
		for i, prediction := range all {
			scores[i], of[i] = float64(prediction.Scores[place]), test.Class(i) == class
		}
		if roc := metrics.NewROC(scores, of); roc.TruePositive != nil {
			curves = append(curves, plots.NamedROC{Class: test.Classes[class], ROC: roc})
		}
	}
	if len(curves) <= mostCurves {
		return curves, false
	}
	slices.SortStableFunc(curves, func(a, b plots.NamedROC) int { return cmp.Compare(a.Area, b.Area) })
	return curves[:mostCurves], true
}

// mistakes are the wrong predictions of the largest margins, the surest first.
func (p *Prepared) mistakes(all []Prediction) []plots.Mistake {
	test := p.Images.Test
	var wrong []int
	for i, prediction := range all {
		if prediction.Predicted != test.Class(i) {
			wrong = append(wrong, i)
		}
	}
	sureness := func(i int) float64 { return -margin(test.Class(i), all[i].Scores) }
	slices.SortStableFunc(wrong, func(a, b int) int { return cmp.Compare(sureness(b), sureness(a)) })
	mistakes := make([]plots.Mistake, min(len(wrong), mostMistakes))
	for place := range mistakes {
		i := wrong[place]
		score := all[i].Scores[0]
		if len(all[i].Scores) > 1 {
			score = all[i].Scores[all[i].Predicted]
		}
		mistakes[place] = plots.Mistake{
			Image: p.Picture(test, i), Label: test.Classes[test.Class(i)], Predicted: test.Classes[all[i].Predicted], Score: float64(score),
		}
	}
	return mistakes
}
