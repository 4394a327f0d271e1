package training

import (
	"cifartrain/graphs"
	"cifartrain/internal/kernels"
)

// An Average is the exponential moving average of a run's weights over its
// steps. Its weights are its whole state: a resumed run goes on from them.
type Average struct {
	Weights graphs.Weights
	Decay   float64
}

// NewAverage returns an average that starts as a copy of weights.
func NewAverage(weights graphs.Weights, decay float64) *Average {
	return &Average{weights.Clone(), decay}
}

// Update adds the weights after a step to the average. Steps are counted from 1
// over the whole run:
//
//	average = d*average + (1-d)*weights     d = min(Decay, (1+step)/(10+step))
//
// What batch normalizations have measured is taken over as it is. The first steps
// count for more, so that the average soon forgets the weights with which the run
// began. Source: tf.train.ExponentialMovingAverage with num_updates,
// https://www.tensorflow.org/api_docs/python/tf/train/ExponentialMovingAverage
func (a *Average) Update(weights graphs.Weights, step int) {
	decay := min(a.Decay, float64(1+step)/float64(10+step))
	for i, average := range a.Weights {
		if average.State {
			copy(average.Value.Float32s(), weights[i].Value.Float32s())
			continue
		}
		kernels.MoveToward(average.Value.Float32s(), weights[i].Value.Float32s(), float32(1-decay))
	}
}
