package metrics

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// A Fit says how a model fits its data.
type Fit string

// The fits there are.
const (
	Underfitting Fit = "underfitting"
	Overfitting  Fit = "overfitting"
	AboutRight   Fit = "about right"
	NotSettled   Fit = "not settled"
)

// A Cause is what decided a verdict.
type Cause int

// The causes there are. Each but TooFewEpochs compares the verdict's Figure with
// its Limit.
const (
	TooFewEpochs Cause = iota // fewer than five epochs, which show no trend
	Swinging                  // the swing of the last epochs, above the gap and the limit
	Gap                       // training less validation accuracy, above the limit
	Unlearned                 // training accuracy, below the limit
	LossRatio                 // validation over training loss, above the limit
	AbovePCA                  // training loss over that of principal components, above the limit
	StillFalling              // share by which the validation loss falls in a third of the epochs, above the limit
	NothingWrong              // none of the above; the figure is the gap or the ratio
)

// The limits of the rules; see [Judge].
const (
	accuracyGap  = 0.05
	lossRatio    = 1.10
	abovePCA     = 1.10
	stillFalling = 0.01
	fewestEpochs = 5
)

// A Verdict says whether a run fitted its data too little, too much or about
// right, and on which figures this rests.
type Verdict struct {
	Fit   Fit
	Cause Cause

	Epochs               int     // the number of last epochs that the means are over
	Training, Validation float64 // means over those epochs: accuracies of a classifier, losses of any other model
	Figure, Limit        float64 // what the cause compares
	HalfWidth            float64 // of the 95 % interval of the figure of StillFalling
	PCARatio             float64 // validation over training loss of principal components; 0 if unknown
	RateFell             bool    // whether the learning rate fell by more than half while the trend was looked for
}

// A Reference is what a run's figures are compared with.
type Reference struct {
	// Baseline is the accuracy of always answering the commonest class of the
	// training images, for a model that classifies.
	Baseline float64
	// The losses of as many principal components as a model that reconstructs has
	// latent values; 0 if unknown.
	PCATraining, PCAValidation float64
}

// Judge gives the verdict on a run. Figures are means over the last tenth of the
// epochs. Swing and trend are those of the last third, at least five epochs: a
// line is fitted by least squares, the swing is the standard deviation of the
// epochs about it, and the loss still falls if the line does so significantly (5 %,
// by the error of its slope) and by more than 1 % of the loss in these epochs. Where
// the learning rate fell by more than half in them, a falling loss may be its doing
// and does not count.
//
// Of the rules in Judge, the first one that applies decides. A classifier's figure is
// the gap, its training accuracy minus its validation accuracy; it is below the floor
// if it misclassifies more than half as many training images as always answering
// their commonest class would. The figure of a model that reconstructs is the ratio of
// its validation loss to its training loss; what principal components lose more on
// validation images is no overfitting. It must not be called on an empty history.
func Judge(task Task, history History, reference Reference) Verdict {
	tenth := history[len(history)-(len(history)+9)/10:]
	third := history[len(history)-min(len(history), max(fewestEpochs, (len(history)+2)/3)):]
	training, validation := func(e Epoch) float64 { return e.TrainLoss }, func(e Epoch) float64 { return e.ValidationLoss }
	loss := fit(third, validation)
	if task.Classifies() {
		training, validation = func(e Epoch) float64 { return e.TrainAccuracy }, func(e Epoch) float64 { return e.ValidationAccuracy }
	}
	v := Verdict{
		Epochs: len(tenth), Training: meanOf(tenth, training), Validation: meanOf(tenth, validation), HalfWidth: loss.halfWidth,
		RateFell: third.Last().LearningRate < third[0].LearningRate/2,
	}
	gap, limit, swing, worse := GapOf(task, v.Training, v.Validation), accuracyGap, fit(third, validation).swing, false
	noise, floor := max(math.Abs(gap), accuracyGap/2), 1-(1-reference.Baseline)/2
	if !task.Classifies() {
		limit, swing, noise = lossRatio, swing/v.Validation, max(math.Abs(gap-1), (lossRatio-1)/2)
		if reference.PCATraining > 0 {
			v.PCARatio = reference.PCAValidation / reference.PCATraining
			limit = lossRatio * max(1, v.PCARatio)
			worse = v.Training > abovePCA*reference.PCATraining && v.Validation > abovePCA*reference.PCAValidation
		}
	}
	switch {
	case len(third) < fewestEpochs:
		v.Fit, v.Cause = NotSettled, TooFewEpochs
	case swing > noise:
		v.Fit, v.Cause, v.Figure, v.Limit = NotSettled, Swinging, swing, noise
	case worse:
		v.Fit, v.Cause, v.Figure, v.Limit = Underfitting, AbovePCA, v.Training/reference.PCATraining, abovePCA
	case gap > limit && task.Classifies():
		v.Fit, v.Cause, v.Figure, v.Limit = Overfitting, Gap, gap, limit
	case gap > limit:
		v.Fit, v.Cause, v.Figure, v.Limit = Overfitting, LossRatio, gap, limit
	case task.Classifies() && v.Training < floor:
		v.Fit, v.Cause, v.Figure, v.Limit = Underfitting, Unlearned, v.Training, floor
	case loss.fall > max(loss.halfWidth, stillFalling) && !v.RateFell:
		v.Fit, v.Cause, v.Figure, v.Limit = Underfitting, StillFalling, loss.fall, stillFalling
	default:
		v.Fit, v.Cause, v.Figure, v.Limit = AboutRight, NothingWrong, gap, limit
	}
	return v
}

// GapOf says by how much a model does better on its training images: its training
// accuracy minus its validation accuracy if it classifies, else its validation loss
// divided by its training loss, which is 1 for equal losses even if both are 0.
func GapOf(task Task, training, validation float64) float64 {
	switch {
	case task.Classifies():
		return training - validation
	case training == validation:
		return 1
	}
	return validation / training
}

// A line is fitted to a figure by least squares over the epochs.
type line struct {
	fall, halfWidth float64 // by what share of the mean it falls in these epochs, and half its 95 % interval
	swing           float64 // the standard deviation of the figures about it
}

// fit fits a line. All of it is 0 for fewer than three epochs.
func fit(epochs History, figure func(Epoch) float64) line {
	n := float64(len(epochs))
	if n < 3 {
		return line{}
	}
	var x, y []float64
	for i, e := range epochs {
		x, y = append(x, float64(i)), append(y, figure(e))
	}
	start, slope := stat.LinearRegression(x, y, nil, false)
	squares := 0.0
	for i := range x {
		residual := y[i] - start - slope*x[i]
		squares += residual * residual
	}
	swing, share := math.Sqrt(squares/(n-2)), n/stat.Mean(y, nil)
	slopeError := swing / math.Sqrt((n-1)*stat.Variance(x, nil))
	return line{-slope * share, critical(n-2, significance) * slopeError * share, swing}
}

func meanOf(epochs History, figure func(Epoch) float64) (mean float64) {
	for _, e := range epochs {
		mean += figure(e) / float64(len(epochs))
	}
	return mean
}
