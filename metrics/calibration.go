package metrics

import "math"

// A Calibration says how far a classifier's confidence, the probability it gives to the
// class that it predicts, is from how often it is right. Source: Guo et al., On
// Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599
type Calibration struct {
	Bins []CalibrationBin // of equal width, from 0 to 1; a bin without images is empty

	// Error is the expected calibration error: the mean over the images of the
	// distance between confidence and accuracy of their bin.
	Error float64
}

// A CalibrationBin holds the images whose confidence is above its lower edge, up to its
// upper one.
type CalibrationBin struct {
	Count                int
	Confidence, Accuracy float64 // means over the images
}

// NewCalibration sorts images into so many bins by their confidence, from 0 to 1.
// correct says which of them are classified correctly.
func NewCalibration(confidence []float64, correct []bool, bins int) Calibration {
	c := Calibration{Bins: make([]CalibrationBin, bins)}
	for i, p := range confidence {
		bin := &c.Bins[max(0, min(bins, int(math.Ceil(p*float64(bins))))-1)]
		bin.Count++
		bin.Confidence += p
		if correct[i] {
			bin.Accuracy++
		}
	}
	for i := range c.Bins {
		if bin := &c.Bins[i]; bin.Count > 0 {
			c.Error += math.Abs(bin.Confidence-bin.Accuracy) / float64(len(confidence))
			bin.Confidence /= float64(bin.Count)
			bin.Accuracy /= float64(bin.Count)
		}
	}
	return c
}
