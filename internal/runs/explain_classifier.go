package runs

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// The most that one picture can show.
const (
	mostMistakes = 18
	mostCurves   = 10
)

// classifierPictures are the pictures that show what a classifier is sure of and
// what it gets wrong.
func (r *Run) classifierPictures() []picture {
	all := []picture{
		{file: "confusion.png", tested: true, chart: true, draw: func(w io.Writer, caption plots.Caption) error {
			return plots.Confusion(w, caption, r.Summary.Confusion)
		},
			meaning: "How the best weights classify the test images."},
		{file: "roc.png", tested: true, chart: true, draw: r.drawROC, rows: r.rocRows,
			meaning: "How many images of a class it finds at the cost of how many false alarms, for every threshold."},
		{file: "margins.png", tested: true, chart: true, draw: r.drawMargins, rows: r.marginRows,
			meaning: "How far on the right or wrong side of the boundary the test images of each class lie."},
		{file: "mistakes.png", tested: true, draw: r.drawMistakes,
			meaning: "The mistakes it is most sure of."},
	}
	if r.Architecture.Probabilities {
		all = append(all, picture{file: "reliability.png", tested: true, chart: true, draw: r.drawReliability,
			meaning: "Whether it is right as often as its probabilities say."})
	}
	if r.Architecture.PixelWeight != "" {
		all = append(all, picture{file: "weights.png", draw: r.drawWeights,
			meaning: "The best weights as a picture: what speaks for which class."})
	}
	return all
}

// drawReliability compares the probabilities that the model gives to the classes it
// predicts with how often it is right.
func (r *Run) drawReliability(w io.Writer, caption plots.Caption) error {
	const bins = 10
	confidence, correct := make([]float64, len(r.predictions)), make([]bool, len(r.predictions))
	for i, prediction := range r.predictions {
		confidence[i], correct[i] = prediction.Probabilities[prediction.Predicted], prediction.Predicted == r.Test.Class(i)
	}
	return plots.Reliability(w, caption, metrics.NewCalibration(confidence, correct, bins))
}

// margin is how far an image of a class lies on the right side of the boundary:
// y*score for two classes; for more, the score of its class minus the highest other
// score.
func (p Prediction) margin(class int) float64 {
	if len(p.Scores) == 1 {
		return float64(2*class-1) * float64(p.Scores[0])
	}
	other := math.Inf(-1)
	for place, score := range p.Scores {
		if place != class {
			other = max(other, float64(score))
		}
	}
	return float64(p.Scores[class]) - other
}

// drawMargins draws the margins of the test images by class; of many classes,
// only the hardest.
func (r *Run) drawMargins(w io.Writer, caption plots.Caption) error {
	figures := plots.MarginFigures{Binary: len(r.predictions[0].Scores) == 1}
	margins := r.byClass(func(i int) float64 { return r.predictions[i].margin(r.Test.Class(i)) })
	figures.Classes, figures.Omitted = hardestClasses(margins, func(c plots.ClassValues) float64 { return stat.Mean(c.Values, nil) })
	// A hinge is 0 from a margin of 1 on. The sum of one hinge for each class against the
	// rest depends on the scores themselves, not on their difference.
	loss := r.Config.Loss
	if strings.HasSuffix(loss.Kind, "hinge") && (figures.Binary || loss.Multiclass == "weston_watkins") {
		figures.Loss = r.Architecture.LossName
	}
	return plots.Margins(w, caption, figures)
}

func (r *Run) marginRows() [][]string {
	rows := [][]string{{"index", "class", "margin"}}
	for i, prediction := range r.predictions {
		class := r.Test.Class(i)
		rows = append(rows, []string{fmt.Sprint(r.Test.Index(i)), r.Test.Classes[class], fmt.Sprint(prediction.margin(class))})
	}
	return rows
}

func (r *Run) drawROC(w io.Writer, caption plots.Caption) error {
	curves, omitted := r.rocCurves()
	return plots.ROC(w, caption, curves, omitted)
}

func (r *Run) rocRows() [][]string {
	rows := [][]string{{"class", "false_positive_rate", "true_positive_rate"}}
	curves, _ := r.rocCurves()
	for _, curve := range curves {
		for i := range curve.FalsePositive {
			rows = append(rows, []string{curve.Class, fmt.Sprint(curve.FalsePositive[i]), fmt.Sprint(curve.TruePositive[i])})
		}
	}
	return rows
}

// rocCurves returns the ROC of the second of two classes, or of each of
// several classes against the rest; of many classes, only the hardest, and how many
// others there are.
func (r *Run) rocCurves() (curves []plots.NamedROC, omitted int) {
	scores, of := make([]float64, len(r.predictions)), make([]bool, len(r.predictions))
	for place := range r.predictions[0].Scores {
		class := place
		if len(r.predictions[0].Scores) == 1 {
			class = 1 // a score above 0 means the second class
		}
		for i, prediction := range r.predictions {
			scores[i], of[i] = float64(prediction.Scores[place]), r.Test.Class(i) == class
		}
		if roc := metrics.NewROC(scores, of); roc.TruePositive != nil {
			curves = append(curves, plots.NamedROC{Class: r.Test.Classes[class], ROC: roc})
		}
	}
	if len(curves) <= mostCurves {
		return curves, 0
	}
	slices.SortStableFunc(curves, func(a, b plots.NamedROC) int { return cmp.Compare(a.Area, b.Area) })
	return curves[:mostCurves], len(curves) - mostCurves
}

// drawMistakes draws the wrong predictions that the model is surest of, the surest first:
// those of the highest probabilities, or of the lowest margins where there are none.
func (r *Run) drawMistakes(w io.Writer, caption plots.Caption) error {
	var wrong []int
	for i, prediction := range r.predictions {
		if prediction.Predicted != r.Test.Class(i) {
			wrong = append(wrong, i)
		}
	}
	mistake := func(i int) plots.Mistake {
		prediction, class := r.predictions[i], r.Test.Class(i)
		mistake := plots.Mistake{Label: r.Test.Classes[class], Predicted: r.Test.Classes[prediction.Predicted], Margin: prediction.margin(class)}
		if prediction.Probabilities != nil {
			mistake.Probability = prediction.Probabilities[prediction.Predicted]
		}
		return mistake
	}
	slices.SortStableFunc(wrong, func(i, j int) int {
		a, b := mistake(i), mistake(j)
		return cmp.Or(cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.Margin, b.Margin))
	})
	var surest []plots.Mistake
	for _, i := range wrong[:min(len(wrong), mostMistakes)] {
		one := mistake(i)
		one.Image = r.Picture(r.Test, i)
		surest = append(surest, one)
	}
	return plots.Mistakes(w, caption, surest, len(wrong), len(r.predictions[0].Scores) == 1)
}

// drawWeights draws the weights of a linear classifier: those of its single
// score for two classes, or those of the score of each class.
func (r *Run) drawWeights(w io.Writer, caption plots.Caption) error {
	var images []plots.Image
	for weights := range slices.Chunk(r.Weights.ByName()[r.Architecture.PixelWeight].Float32s(), r.Shape.Values()) {
		images = append(images, r.drawn(weights))
	}
	return plots.Weights(w, caption, r.Classes, images)
}
