package plots

import (
	"errors"
	"math"
	"slices"
)

// SweptFigures are the figures that a sweep's settings reached.
type SweptFigures struct {
	Keys   []SweptKey // at least one
	Points []SweptPoint

	// Loss names the loss if the figures are losses. It is empty if they are
	// accuracies, from 0 to 1.
	Loss string
}

// SweptKey is a key with its values as text, in order.
type SweptKey struct {
	Name        string
	Values      []string
	Drawn       bool // from a range of numbers, not from a list
	Logarithmic bool // values are drawn evenly over orders of magnitude
}

// NoEffect takes the place of an index in [SweptPoint].Places if the key has no
// effect in the setting.
const NoEffect = -1

// SweptPoint is what one setting reached.
type SweptPoint struct {
	Places    []int   // for each key, the index of the setting's value, or NoEffect
	Figure    float64 // the mean over its seeds; NaN if it has no figure
	Reached   float64 // if the setting was left behind, the figure it had reached; else 0
	Low, High float64 // over its seeds
	Yardstick float64 // the loss of as many principal components; 0 for none
	Apart     bool    // a test tells its figure apart from that of the first setting
}

func (s SweptFigures) quantity() quantity {
	if s.Loss == "" {
		return accuracyQuantity
	}
	return lossQuantity(s.Loss)
}

// better reports whether figure a is better than b. Any figure is better than NaN.
func (s SweptFigures) better(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return !math.IsNaN(a)
	}
	return (s.Loss == "") == (a > b) && a != b
}

// best returns the best point, whose figure is NaN if none has one.
func (s SweptFigures) best() SweptPoint {
	best := SweptPoint{Figure: math.NaN()}
	for _, point := range s.Points {
		if s.better(point.Figure, best.Figure) {
			best = point
		}
	}
	return best
}

// severalSeeds reports whether a setting was trained with several seeds.
func (s SweptFigures) severalSeeds() bool {
	return slices.ContainsFunc(s.Points, func(p SweptPoint) bool { return p.Low < p.High })
}

func (s SweptFigures) check() error {
	if len(s.Keys) == 0 {
		return errors.New("no key was swept")
	}
	if !drawable(s.best().Figure) {
		return errors.New("no setting has a finite figure")
	}
	return nil
}
