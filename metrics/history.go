// Package metrics holds the figures of a run: what each epoch measured, how
// often a classifier confuses which classes, and the verdict on the fit. They
// are numbers and judgments; package reports puts them into words.
package metrics

import "math"

// Epoch is what one pass over the training images measured.
type Epoch struct {
	Number int // counted from 1

	// TrainLoss is the mean loss over the epoch's samples, each measured when
	// its batch was trained (torch's running loss, weighted by batch size).
	TrainLoss float64
	// TrainLossAfter is the mean loss over all training samples, measured after the
	// epoch. It is NaN for a model that does not classify, whose training set is not
	// evaluated.
	TrainLossAfter float64
	// ValidationLoss is the mean loss over all validation samples, measured
	// after the epoch.
	ValidationLoss float64

	// TrainAccuracy and ValidationAccuracy are the shares of samples classified
	// correctly, in [0, 1], measured after the epoch over the whole set. Both
	// are NaN for a model that does not classify.
	TrainAccuracy, ValidationAccuracy float64

	LearningRate float64 // of this epoch's last step
	Seconds      float64 // wall time of training and evaluating this epoch

	Layers []Layer // in the order in which they are computed
}

// Training is the training loss to show beside the validation loss: that after the
// epoch, or that of its batches if only this was measured.
func (e Epoch) Training() float64 {
	if math.IsNaN(e.TrainLossAfter) {
		return e.TrainLoss
	}
	return e.TrainLossAfter
}

// A Partial is what the current epoch has measured so far.
type Partial struct {
	Steps   int     `json:"steps"`    // taken
	Samples int     `json:"samples"`  // that these steps trained on
	LossSum float64 `json:"loss_sum"` // over those samples, finite
	Seconds float64 `json:"seconds"`  // wall time of the steps
	Layers  []Layer `json:"layers"`   // gradients and updates, once they are measured
}

// Loss is the mean loss over the samples so far. There must be at least one.
func (p Partial) Loss() float64 { return p.LossSum / float64(p.Samples) }

// MostSeconds is longer than any epoch or run takes: 30 years. A time.Duration
// can hold it.
const MostSeconds = 1e9

// History is a run's epochs in order.
type History []Epoch

// Best returns the index of the epoch with the lowest validation loss, the
// earliest of several equal ones, or -1 if there is none.
func (h History) Best() int {
	best, lowest := -1, math.Inf(1)
	for i, e := range h {
		if e.ValidationLoss < lowest {
			best, lowest = i, e.ValidationLoss
		}
	}
	return best
}

// Stalled reports whether the last patience epochs brought no better validation
// loss. With a patience of 0 it is always false.
func (h History) Stalled(patience int) bool { return patience > 0 && len(h)-1-h.Best() >= patience }

// Last returns the last epoch. It must not be called on an empty history.
func (h History) Last() Epoch { return h[len(h)-1] }
