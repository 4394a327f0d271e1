package metrics

import "gonum.org/v1/gonum/stat"

// A Fit says how a model fits its data.
type Fit string

// The fits there are.
const (
	Underfitting Fit = "underfitting"
	Overfitting  Fit = "overfitting"
	AboutRight   Fit = "about right"
)

// A Cause is what decided a verdict.
type Cause int

// The causes there are. Each but OneEpoch compares the verdict's Figure with
// its Limit.
const (
	Gap          Cause = iota // training less validation accuracy, above the limit
	Unlearnt                  // training accuracy, below the limit
	Learnt                    // training less validation accuracy, within the limit
	LossRatio                 // validation over training loss, above the limit
	Yardstick                 // validation loss over that of principal components, above the limit
	OneEpoch                  // there is a single epoch, which shows no trend
	StillFalling              // share by which the validation loss fell in the last tenth, above the limit
	LevelledOff               // the same, within the limit
)

// The limits of the rule; see [Judge].
const (
	accuracyGap  = 0.05 // training over validation accuracy
	lossRatio    = 1.10 // validation over training loss
	yardstick    = 1.10 // validation loss over that of principal components
	stillFalling = 0.02 // share the validation loss fell by in the last tenth
	noisy        = 0.03 // standard deviation of the validation accuracy
)

// A Verdict says whether a run fitted its data too little, too much or about
// right, and on which figures this rests.
type Verdict struct {
	Fit   Fit
	Cause Cause

	Epochs               int     // the number of last epochs that it rests on
	Training, Validation float64 // means over those epochs: accuracies of a classifier, losses of any other model
	Figure, Limit        float64 // what the cause compares
	PCA                  float64 // the reference's, for Yardstick

	// Swing is the standard deviation of a classifier's validation accuracy
	// over those epochs. Unsettled says that it is so large that the learning
	// rate must be too high for the weights to settle.
	Swing     float64
	Unsettled bool
}

// A Reference is what a run's figures are compared with.
type Reference struct {
	Chance float64 // the accuracy of guessing, for a model that classifies
	PCA    float64 // the validation loss of as many principal components; 0 if unknown
}

// Judge gives the verdict on a run. It looks at the last tenth of the epochs,
// rounded up, and compares means over them, so that a single noisy epoch
// decides nothing.
//
// A model that classifies is
//
//   - overfitting when its training accuracy is more than 5 points above its
//     validation accuracy;
//   - else underfitting when it misclassifies more than half as many training
//     images as guessing would (for two classes: an accuracy below 0.75);
//   - else about right.
//
// A model that restores its input is
//
//   - overfitting when its validation loss is more than 1.1 times its training
//     loss;
//   - else underfitting when its validation loss is more than 1.1 times what
//     as many principal components as it has latent values reach, or when it
//     still fell by more than 2 % during the last tenth, or after one epoch,
//     which shows no trend;
//   - else about right.
//
// The validation accuracy is unsettled if its standard deviation over those
// epochs is above 3 points.
//
// It must not be called on an empty history.
func Judge(task Task, history History, reference Reference) Verdict {
	window := (len(history) + 9) / 10
	last := history[len(history)-window:]
	if task.Classifies() {
		return judgeAccuracy(last, reference.Chance)
	}
	return judgeLoss(history, last, reference.PCA)
}

func judgeAccuracy(last History, chance float64) Verdict {
	v := Verdict{Epochs: len(last)}
	v.Training, _ = meanAndDeviation(last, func(e Epoch) float64 { return e.TrainAccuracy })
	v.Validation, v.Swing = meanAndDeviation(last, func(e Epoch) float64 { return e.ValidationAccuracy })
	v.Unsettled = v.Swing > noisy
	floor := 1 - (1-chance)/2
	switch gap := v.Training - v.Validation; {
	case gap > accuracyGap:
		v.Fit, v.Cause, v.Figure, v.Limit = Overfitting, Gap, gap, accuracyGap
	case v.Training < floor:
		v.Fit, v.Cause, v.Figure, v.Limit = Underfitting, Unlearnt, v.Training, floor
	default:
		v.Fit, v.Cause, v.Figure, v.Limit = AboutRight, Learnt, gap, accuracyGap
	}
	return v
}

func judgeLoss(history, last History, pca float64) Verdict {
	v := Verdict{Epochs: len(last), PCA: pca}
	v.Training, _ = meanAndDeviation(last, func(e Epoch) float64 { return e.TrainLoss })
	v.Validation, _ = meanAndDeviation(last, func(e Epoch) float64 { return e.ValidationLoss })
	before := last[0]
	if earlier := len(history) - len(last) - 1; earlier >= 0 {
		before = history[earlier]
	}
	fall := 1 - history.Last().ValidationLoss/before.ValidationLoss
	switch {
	case v.Validation > lossRatio*v.Training:
		v.Fit, v.Cause, v.Figure, v.Limit = Overfitting, LossRatio, v.Validation/v.Training, lossRatio
	case pca > 0 && v.Validation > yardstick*pca:
		v.Fit, v.Cause, v.Figure, v.Limit = Underfitting, Yardstick, v.Validation/pca, yardstick
	case len(history) == 1:
		v.Fit, v.Cause = Underfitting, OneEpoch
	case fall > stillFalling:
		v.Fit, v.Cause, v.Figure, v.Limit = Underfitting, StillFalling, fall, stillFalling
	default:
		v.Fit, v.Cause, v.Figure, v.Limit = AboutRight, LevelledOff, fall, stillFalling
	}
	return v
}

// meanAndDeviation returns the mean and the standard deviation of a figure over
// epochs.
func meanAndDeviation(epochs History, figure func(Epoch) float64) (mean, deviation float64) {
	values := make([]float64, len(epochs))
	for i, e := range epochs {
		values[i] = figure(e)
	}
	return stat.PopMeanStdDev(values, nil)
}
