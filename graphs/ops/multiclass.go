package ops

import "cifartrain/internal/kernels"

// WestonWatkins is the hinge loss of a score for each of several classes, the
// mean over the images of c times the sum of max(0, 1 + s_j - s_y) over all
// classes j except the image's own class y. With squared, each term is squared.
func WestonWatkins(classes int, c float64, squared bool) Classification {
	return Classification{
		Name: squaredName("weston-watkins hinge", squared), Scores: classes,
		Value: func(gradient, scores, labels []float32) float32 {
			return kernels.WestonWatkins(gradient, scores, labels, classes, float32(c), squared)
		},
	}
}

// OneVsRest is the sum of the hinge losses of as many two-class models as there
// are classes, each of which tells its own class, +1, from all others, -1; with
// squared, of the squared hinge losses.
func OneVsRest(classes int, c float64, squared bool) Classification {
	value, withGradient := kernels.Hinge, kernels.HingeWithGradient
	if squared {
		value, withGradient = kernels.SquaredHinge, kernels.SquaredHingeWithGradient
	}
	sum := float32(c * float64(classes)) // value is a mean over the classes, too
	var signs []float32                  // (images, classes)
	return Classification{
		Name: squaredName("one-vs-rest hinge", squared), Scores: classes,
		Value: func(gradient, scores, labels []float32) float32 {
			signs = signs[:0]
			for _, label := range labels {
				for class := range classes {
					signs = append(signs, sign(class == int(label)))
				}
			}
			if gradient == nil {
				return value(scores, signs, sum)
			}
			return withGradient(gradient, scores, signs, sum)
		},
	}
}

func sign(positive bool) float32 {
	if positive {
		return 1
	}
	return -1
}

func squaredName(name string, squared bool) string {
	if squared {
		return "squared " + name
	}
	return name
}
