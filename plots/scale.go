package plots

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
)

// scale is the range of a vertical axis, chosen so that the values spread
// over it. A logarithmic one is a linear axis of decimal logarithms: gonum's
// LogScale misplaces a label in mid-axis and leaves a gap above the curves.
type scale struct {
	low, high   float64 // in the values' own unit, also on a logarithmic axis
	logarithmic bool
	notes       []string // what the reader must know to read the axis
}

const (
	// logRatio is the ratio of the largest to the smallest loss above which
	// the axis is logarithmic: a linear one would squash the smaller losses
	// into less than a fifth of its height.
	logRatio = 5

	// A loss is a spike if it is above spikeRatio times the median and above
	// logRatio times every loss that is not a spike: it would squash the rest even
	// on a logarithmic axis. If at most spikeShare of the values are spikes, the
	// axis leaves them out and a note says so. If there are more, they are what
	// the curve has to show, and the axis includes them.
	spikeRatio = 100
	spikeShare = 0.05

	// roomAround is the part of the values' span left free above and below.
	roomAround = 0.05
)

// smallestLoss is the smallest loss that is not treated as 0: float32's smallest
// normal number.
const smallestLoss = 0x1p-126

// drawable reports whether a value can be placed on an axis: whether it lies in the
// range of float32, in which models compute.
func drawable(value float64) bool {
	return math.Abs(value) <= math.MaxFloat32 // false for NaN
}

// lossScale chooses the axis for losses. There must be at least one, and all must be
// drawable. The axis always includes the yardsticks' losses.
func lossScale(losses []float64, yardsticks ...float64) scale {
	sorted := slices.Sorted(slices.Values(losses))
	kept, notes := withoutSpikes(sorted)
	if len(yardsticks) > 0 {
		if cut := sorted[len(kept):]; len(cut) > 0 && slices.Max(yardsticks) >= cut[0] {
			kept, notes = sorted, nil // the axis reaches up to the spikes anyway
		}
		kept = slices.Sorted(slices.Values(slices.Concat(kept, yardsticks)))
	}
	lowest, highest := kept[0], kept[len(kept)-1]
	positive, _ := slices.BinarySearch(kept, smallestLoss)
	if lowest < 0 || positive == len(kept) || highest/kept[positive] <= logRatio {
		s := linearScale(lowest, highest)
		s.notes = notes
		return s
	}
	if positive > 0 {
		notes = append(notes, "A loss of 0 is drawn at the lower edge: a logarithmic axis has no 0.")
	}
	room := math.Pow(highest/kept[positive], roomAround)
	return scale{low: kept[positive] / room, high: highest * room, logarithmic: true, notes: notes}
}

// linearScale returns a linear axis around the values from lowest to highest
// that does not reach below 0 unless they do.
func linearScale(lowest, highest float64) scale {
	room := roomAround * (highest - lowest)
	if size := max(math.Abs(lowest), math.Abs(highest)); room <= 1e-9*size {
		// There is a single value, except for rounding: draw it in the middle.
		room = roomAround * size
	}
	if room < smallestLoss {
		room = 1
	}
	low := lowest - room
	if lowest >= 0 {
		low = max(low, 0)
	}
	return scale{low: low, high: highest + room}
}

// withoutSpikes cuts spikes off the upper end of the sorted losses and returns
// a note on what it cut.
func withoutSpikes(sorted []float64) (kept []float64, notes []string) {
	limit := spikeRatio * sorted[len(sorted)/2]
	end, _ := slices.BinarySearch(sorted, limit)
	spikes := len(sorted) - end
	if limit <= 0 || spikes == 0 || float64(spikes) > spikeShare*float64(len(sorted)) ||
		sorted[end] <= logRatio*sorted[end-1] {
		return sorted, nil
	}
	return sorted[:end], []string{fmt.Sprintf("Values above the axis: %d, the highest %s.", spikes, Loss(sorted[len(sorted)-1]))}
}

// apply makes the axis use the scale.
func (s scale) apply(axis *plot.Axis) {
	axis.Min, axis.Max = s.place(s.low), s.place(s.high)
	axis.Tick.Marker = s.ticks()
}

func (s scale) ticks() plot.Ticker {
	if s.logarithmic {
		return logTicks
	}
	return linearTicks
}

// place returns where on the axis to draw the value. A spike lies above the axis, so
// that the line to it is cut off there; a 0 is drawn at the lower edge.
func (s scale) place(value float64) float64 {
	value = max(value, s.low)
	if s.logarithmic {
		return math.Log10(value)
	}
	return value
}
