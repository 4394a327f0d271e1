package runs

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"cifartrain/internal/reports"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// The most that one picture can show.
const (
	mostMistakes     = 18
	mostCurves       = 10
	mostClassesDrawn = 20
)

// classifierPictures are the pictures that show what a classifier is sure of and
// what it gets wrong.
func (r *Run) classifierPictures() []picture {
	all := []picture{
		{file: "confusion.png", tested: true, chart: true, draw: r.drawConfusion,
			meaning: "How the best weights classify the test images."},
		{file: "roc.png", tested: true, chart: true, draw: r.drawROC, csv: r.writeROC,
			meaning: "How many images of a class it finds at the cost of how many false alarms, for every threshold."},
		{file: "margins.png", tested: true, chart: true, draw: r.drawMargins, csv: r.writeMargins,
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

func (r *Run) drawConfusion(w io.Writer, caption plots.Caption) error {
	return plots.Confusion(w, caption, r.Summary.Confusion)
}

// drawReliability compares the probabilities that the model gives to the classes it
// predicts with how often it is right.
func (r *Run) drawReliability(w io.Writer, caption plots.Caption) error {
	const bins = 10
	all, err := r.predictions()
	if err != nil {
		return err
	}
	confidence, correct := make([]float64, len(all)), make([]bool, len(all))
	for i, prediction := range all {
		confidence[i], correct[i] = prediction.Probabilities[prediction.Predicted], prediction.Predicted == r.Test.Class(i)
	}
	return plots.Reliability(w, caption, metrics.NewCalibration(confidence, correct, bins))
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

// drawMargins draws the margins of the test images by class; of many classes,
// only the hardest.
func (r *Run) drawMargins(w io.Writer, caption plots.Caption) error {
	test := r.Test
	all, err := r.predictions()
	if err != nil {
		return err
	}
	byClass := make([]plots.ClassValues, len(test.Classes))
	for i, prediction := range all {
		class := &byClass[test.Class(i)]
		class.Class = test.Classes[test.Class(i)]
		class.Values = append(class.Values, margin(test.Class(i), prediction.Scores))
	}
	figures := plots.MarginFigures{Binary: len(all[0].Scores) == 1}
	figures.Classes, figures.Omitted = hardestClasses(byClass, func(c plots.ClassValues) float64 { return stat.Mean(c.Values, nil) })
	// A hinge is 0 from a margin of 1 on. The sum of one hinge for each class against the
	// rest depends on the scores themselves, not on their difference.
	loss := r.Config.Loss
	if strings.HasSuffix(loss.Kind, "hinge") && (figures.Binary || loss.Multiclass == "weston_watkins") {
		figures.Loss = r.Architecture.LossName
	}
	return plots.Margins(w, caption, figures)
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

// writeMargins writes the margin of each test image as CSV.
func (r *Run) writeMargins(w io.Writer) error {
	test := r.Test
	all, err := r.predictions()
	if err != nil {
		return err
	}
	rows := [][]string{{"index", "class", "margin"}}
	for i, prediction := range all {
		rows = append(rows, []string{fmt.Sprint(test.Index(i)), test.Classes[test.Class(i)], fmt.Sprint(margin(test.Class(i), prediction.Scores))})
	}
	return reports.WriteCSV(w, rows)
}

// drawROC draws the characteristics.
func (r *Run) drawROC(w io.Writer, caption plots.Caption) error {
	curves, omitted, err := r.characteristics()
	if err != nil {
		return err
	}
	return plots.ROC(w, caption, curves, omitted)
}

// writeROC writes the points of the characteristics as CSV.
func (r *Run) writeROC(w io.Writer) error {
	curves, _, err := r.characteristics()
	if err != nil {
		return err
	}
	rows := [][]string{{"class", "false_positive_rate", "true_positive_rate"}}
	for _, curve := range curves {
		for i := range curve.FalsePositive {
			rows = append(rows, []string{curve.Class, fmt.Sprint(curve.FalsePositive[i]), fmt.Sprint(curve.TruePositive[i])})
		}
	}
	return reports.WriteCSV(w, rows)
}

// characteristics returns the ROC of the second of two classes, or of each of
// several classes against the rest; of many classes, only the hardest, and how many
// others there are.
func (r *Run) characteristics() (curves []plots.NamedROC, omitted int, err error) {
	test := r.Test
	all, err := r.predictions()
	if err != nil {
		return nil, 0, err
	}
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
		return curves, 0, nil
	}
	slices.SortStableFunc(curves, func(a, b plots.NamedROC) int { return cmp.Compare(a.Area, b.Area) })
	return curves[:mostCurves], len(curves) - mostCurves, nil
}

// drawMistakes draws the wrong predictions that the model is surest of, the surest first:
// those of the highest probabilities, or of the lowest margins where there are none.
func (r *Run) drawMistakes(w io.Writer, caption plots.Caption) error {
	test := r.Test
	all, err := r.predictions()
	if err != nil {
		return err
	}
	var surest []plots.Mistake
	var wrong []int
	for i, prediction := range all {
		if prediction.Predicted != test.Class(i) {
			wrong = append(wrong, i)
		}
	}
	of := func(i int) float64 { return margin(test.Class(i), all[i].Scores) }
	doubt := of
	if r.Architecture.Probabilities {
		doubt = func(i int) float64 { return -all[i].Probabilities[all[i].Predicted] }
	}
	slices.SortStableFunc(wrong, func(a, b int) int { return cmp.Compare(doubt(a), doubt(b)) })
	for _, i := range wrong[:min(len(wrong), mostMistakes)] {
		mistake := plots.Mistake{Image: r.Picture(test, i), Label: test.Classes[test.Class(i)], Predicted: test.Classes[all[i].Predicted], Margin: of(i)}
		if r.Architecture.Probabilities {
			mistake.Probability = all[i].Probabilities[all[i].Predicted]
		}
		surest = append(surest, mistake)
	}
	return plots.Mistakes(w, caption, surest, len(wrong), len(all[0].Scores) == 1)
}

// drawWeights draws the weights of a linear classifier: those of its single
// score for two classes, or those of the score of each class.
func (r *Run) drawWeights(w io.Writer, caption plots.Caption) error {
	classes, size, weights := r.Classes, r.Shape.Values(), r.Weights.ByName()[r.Architecture.PixelWeight].Float32s()
	if len(weights) == size {
		return plots.Weights(w, caption, classes[0], classes[1], r.Drawn(weights))
	}
	templates := make([]plots.Template, len(classes))
	for i, class := range classes {
		templates[i] = plots.Template{Class: class, Weights: r.Drawn(weights[i*size : (i+1)*size])}
	}
	return plots.Templates(w, caption, templates)
}
