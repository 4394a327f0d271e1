package metrics

import (
	"fmt"

	"gonum.org/v1/gonum/stat"
)

// The verdicts on a fit.
const (
	Underfitting = "underfitting"
	Overfitting  = "overfitting"
	AboutRight   = "about right"
)

// The rule's limits; see [Judge].
const (
	accuracyGap  = 0.05 // training over validation accuracy
	lossRatio    = 1.10 // validation over training loss
	yardstick    = 1.10 // validation loss over that of principal components
	stillFalling = 0.02 // share the validation loss fell by in the last tenth
	noisy        = 0.03 // standard deviation of the validation accuracy
)

// A Verdict says whether a run fitted its data too little, too much or about
// right, and by which figures.
type Verdict struct {
	Fit    string `json:"fit"`    // Underfitting, Overfitting or AboutRight
	Reason string `json:"reason"` // a sentence with the figures it rests on
}

// Sentence is the verdict without its reason.
func (v Verdict) Sentence() string {
	if v.Fit == AboutRight {
		return "The fit is about right"
	}
	return "The model is " + v.Fit
}

// Judge gives the verdict on a run. It looks at the last tenth of the epochs,
// rounded up, and goes by means over them, so that one noisy epoch decides
// nothing.
//
// A model that classifies is
//
//   - overfitting when its training accuracy is more than 5 points above its
//     validation accuracy;
//   - else underfitting when it misclassifies more than half as many training
//     images as guessing would (for two classes: an accuracy below 0.75);
//   - else about right.
//
// Any other model is
//
//   - overfitting when its validation loss is more than 1.1 times its training
//     loss;
//   - else underfitting when its validation loss is more than 1.1 times what
//     as many principal components as it has latent values reach, or when it
//     still fell by more than 2 % during the last tenth, or after one epoch,
//     which shows no trend;
//   - else about right.
//
// Where the validation accuracy swings by more than 3 points (standard
// deviation) in those epochs, the reason says so: the learning rate is too high
// for the weights to settle.
//
// It must not be called on an empty history.
func Judge(history History, reference Reference) Verdict {
	window := (len(history) + 9) / 10
	last := history[len(history)-window:]
	span := fmt.Sprintf("over the last %d epochs", window)
	if window == 1 {
		span = "in the last epoch"
	}
	if history.Classifies() {
		return judgeAccuracy(last, span, reference.Chance)
	}
	return judgeLoss(history, last, span, reference.PCA)
}

// A Reference is what a run's figures are held against.
type Reference struct {
	Chance float64 // the accuracy of guessing, for a model that classifies
	PCA    float64 // the validation loss of as many principal components; 0 where there is none
}

func judgeAccuracy(last History, span string, chance float64) Verdict {
	training, _ := meanAndDeviation(last, func(e Epoch) float64 { return e.TrainAccuracy })
	validation, swing := meanAndDeviation(last, func(e Epoch) float64 { return e.ValidationAccuracy })
	reason := fmt.Sprintf("training accuracy %.3f, validation accuracy %.3f %s", training, validation, span)
	fit := AboutRight
	floor := 1 - (1-chance)/2
	switch {
	case training-validation > accuracyGap:
		fit = Overfitting
		reason += fmt.Sprintf(": a gap above %.2f", accuracyGap)
	case training < floor:
		fit = Underfitting
		reason += fmt.Sprintf(": even the training images stay below %.2f", floor)
	default:
		reason += fmt.Sprintf(": the gap is within %.2f and the training images are learnt", accuracyGap)
	}
	if swing > noisy {
		reason += fmt.Sprintf("; validation accuracy swings by ±%.3f from epoch to epoch, the learning rate is too high to settle", swing)
	}
	return Verdict{fit, reason}
}

func judgeLoss(history, last History, span string, pca float64) Verdict {
	training, _ := meanAndDeviation(last, func(e Epoch) float64 { return e.TrainLoss })
	validation, _ := meanAndDeviation(last, func(e Epoch) float64 { return e.ValidationLoss })
	reason := fmt.Sprintf("training loss %.5g, validation loss %.5g %s", training, validation, span)
	before := last[0]
	if earlier := len(history) - len(last) - 1; earlier >= 0 {
		before = history[earlier]
	}
	fall := 1 - history.Last().ValidationLoss/before.ValidationLoss
	switch {
	case validation > lossRatio*training:
		return Verdict{Overfitting, reason + fmt.Sprintf(": a ratio of %.2f, above %.2f", validation/training, lossRatio)}
	case pca > 0 && validation > yardstick*pca:
		return Verdict{Underfitting, reason + fmt.Sprintf(": %.2f times the %.5g that as many principal components reach, above %.2f", validation/pca, pca, yardstick)}
	case len(history) == 1:
		return Verdict{Underfitting, reason + ": one epoch shows no trend; train longer"}
	case fall > stillFalling:
		return Verdict{Underfitting, reason + fmt.Sprintf(": validation loss still fell by %.1f%% there; train longer", 100*fall)}
	default:
		return Verdict{AboutRight, reason + fmt.Sprintf(": a ratio of %.2f, and no longer falling by more than %.0f%%", validation/training, 100*stillFalling)}
	}
}

// meanAndDeviation are those of a figure over epochs.
func meanAndDeviation(epochs History, figure func(Epoch) float64) (mean, deviation float64) {
	values := make([]float64, len(epochs))
	for i, e := range epochs {
		values[i] = figure(e)
	}
	return stat.PopMeanStdDev(values, nil)
}
