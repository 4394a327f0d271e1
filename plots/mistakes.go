package plots

import (
	"fmt"
	"io"
)

// A Mistake is an image that a classifier assigns to a wrong class.
type Mistake struct {
	Image            Image
	Label, Predicted string  // classes
	Margin           float64 // below 0; see [MarginFigures]
	Probability      float64 // that the model gives to the predicted class; 0 if it gives none, and then the margin is shown
}

// Mistakes writes a PNG of images that a classifier gets wrong to w, each with its class,
// the class it was taken for, and its probability or else its margin. They are drawn in
// the given order, which should begin with the one the model is surest of. wrong is the
// number of all mistakes, binary whether there are two classes.
func Mistakes(w io.Writer, caption Caption, mistakes []Mistake, wrong int, binary bool) error {
	const across = 6
	notes := []string{"No image is classified wrongly."}
	switch {
	case len(mistakes) == 0:
	case mistakes[0].Probability > 0:
		notes[0] = fmt.Sprintf("The %d of %s wrongly classified images whose wrong class has the highest probabilities, the highest first.", len(mistakes), Thousands(wrong))
	default:
		notes[0] = fmt.Sprintf("The %d of %s wrongly classified images with the lowest margins, the lowest first. The margin is %s.",
			len(mistakes), Thousands(wrong), marginMeaning(binary))
	}
	tiles := make([]galleryTile, len(mistakes))
	for i, m := range mistakes {
		sure := fmt.Sprintf("margin %.2f", m.Margin)
		if m.Probability > 0 {
			sure = "probability " + Percent(m.Probability)
		}
		tiles[i] = galleryTile{[]view{m.Image.plain()}, fullWidth(m.Label, "taken for "+m.Predicted, sure)}
	}
	return oneGroup(heading{"The surest mistakes", caption, notes}, across, tiles).write(w)
}
