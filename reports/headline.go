package reports

import (
	"cifartrain/runfolder"
	"fmt"
	"math"
)

// A Tile is a figure of a run with its meaning.
type Tile struct{ Value, Meaning string }

// pixelError is the loss whose root is the error of a pixel in [0, 1].
const pixelError = "mean squared error"

// Headline says in a sentence what the run's best weights are worth; it is
// empty before the first epoch has ended.
func Headline(s *runfolder.Summary) string {
	b := s.Best
	switch {
	case b == nil:
		return ""
	case b.TestAccuracy != nil:
		return fmt.Sprintf("It classifies %s of the %s test images rightly, which it never saw in training.", percentOf(b.TestAccuracy), Thousands(s.Images.Test))
	case b.ValidationAccuracy != nil:
		return fmt.Sprintf("It classifies %s of the validation images rightly, which it does not train on.", percentOf(b.ValidationAccuracy))
	case b.TestLoss != nil && s.PCA != nil:
		return fmt.Sprintf("It restores test images that it never saw with an error of %.5g, %.2f times that of %d principal components.",
			*b.TestLoss, *b.TestLoss/s.PCA.TestMSE, s.PCA.Components)
	case b.TestLoss != nil:
		return fmt.Sprintf("Its loss on test images that it never saw is %.5g.", *b.TestLoss)
	}
	return fmt.Sprintf("Its loss on validation images, which it does not train on, is %.5g.", b.ValidationLoss)
}

// Tiles are the figures to see first.
func Tiles(s *runfolder.Summary) []Tile {
	b := s.Best
	if b == nil {
		return nil
	}
	var tiles []Tile
	if b.ValidationAccuracy != nil {
		if b.TestAccuracy != nil {
			tiles = append(tiles, Tile{percentOf(b.TestAccuracy), fmt.Sprintf("test accuracy; guessing reaches %.0f%%", 100/float64(max(1, len(s.Classes))))})
		}
		tiles = append(tiles, Tile{percentOf(b.ValidationAccuracy), "validation accuracy"})
		if b.TrainAccuracy != nil {
			tiles = append(tiles, Tile{fmt.Sprintf("%+.1f pts", 100*(*b.TrainAccuracy-*b.ValidationAccuracy)), "training accuracy above validation accuracy; a large gap is overfitting"})
		}
	} else {
		tiles = lossTiles(s)
	}
	tiles = append(tiles, Tile{fmt.Sprintf("epoch %d", b.Epoch), fmt.Sprintf("the best of %d, by validation loss; these figures are of its weights", s.Epochs)})
	if s.Seconds > 0 {
		tiles = append(tiles, Tile{fmt.Sprintf("%.1f s", s.Seconds), fmt.Sprintf("from start to report, %s images/s in training", Thousands(int(math.Round(s.ImagesPerSecond))))})
	}
	return tiles
}

// lossTiles are those of a model that restores images.
func lossTiles(s *runfolder.Summary) []Tile {
	loss, of := s.Best.ValidationLoss, "validation"
	if s.Best.TestLoss != nil {
		loss, of = *s.Best.TestLoss, "test"
	}
	tiles := []Tile{{fmt.Sprintf("%.5f", loss), fmt.Sprintf("%s loss, %s", of, s.Loss)}}
	if s.Loss == pixelError {
		error := math.Sqrt(loss)
		tiles = append(tiles, Tile{fmt.Sprintf("±%.0f of 255", 255*error), fmt.Sprintf("how far a color value is off, typically: the root, %.3f of the full range", error)})
	}
	if s.PCA != nil {
		pca := s.PCA.ValidationMSE
		if of == "test" {
			pca = s.PCA.TestMSE
		}
		tiles = append(tiles, Tile{fmt.Sprintf("%.2f times", loss/pca), fmt.Sprintf("the %.5f of %d principal components, the best a linear autoencoder can do", pca, s.PCA.Components)})
	}
	return tiles
}
