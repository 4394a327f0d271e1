package runs

import (
	"cmp"
	"io"
	"math"
	"slices"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// The most that one picture can show.
const (
	mostMistakes     = 16
	mostCurves       = 8
	mostClassesDrawn = 20
)

// explainClassifier returns the pictures that show, on the test images, what a
// classifier is sure of and what it gets wrong.
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
		{file: "roc.png", group: "How good it is", tested: true, meaning: "How many images of a class it finds at the cost of how many false alarms, for every threshold.",
			draw: drawn(func(w io.Writer, all []Prediction) error {
				curves, cut := t.characteristics(all)
				return plots.ROC(w, hardest(caption, cut), curves)
			})},
		{file: "margins.png", group: "What it gets wrong", tested: true, meaning: "How far on the right or wrong side of the boundary the test images of each class lie.",
			draw: drawn(func(w io.Writer, all []Prediction) error {
				classes, cut := t.margins(all)
				return plots.Margins(w, hardest(caption, cut), classes)
			})},
		{file: "mistakes.png", group: "What it gets wrong", tested: true, meaning: "The mistakes it is most sure of.",
			draw: drawn(func(w io.Writer, all []Prediction) error { return plots.Mistakes(w, caption, t.mistakes(all)) })},
	}
}

// hardest adds to a caption that easier classes were left out.
func hardest(caption plots.Caption, cut bool) plots.Caption {
	if cut {
		caption.Dataset += ", the hardest classes"
	}
	return caption
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

// hardestClasses leaves out classes without images and, if there are many
// classes, the easiest ones.
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

// characteristics returns the ROC of the second of two classes, or of each of
// several classes against the rest; of many classes, only the hardest.
func (p *Prepared) characteristics(all []Prediction) (curves []plots.NamedROC, cut bool) {
	test := p.Images.Test
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
		return curves, false
	}
	slices.SortStableFunc(curves, func(a, b plots.NamedROC) int { return cmp.Compare(a.Area, b.Area) })
	return curves[:mostCurves], true
}

// mistakes returns the wrong predictions that the model is most sure of, the
// surest first.
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
