package reports

import (
	"fmt"
	"math"

	"cifartrain/internal/runfolder"
	"cifartrain/plots"
)

// A Tile is a figure of a run with its meaning.
type Tile struct{ Value, Meaning string }

// pixelError is the name of the loss whose square root is the typical error of a
// pixel in [0, 1].
const pixelError = "mean squared error"

// Headline says in a sentence how good the weights of the run's last epoch and of
// its best epoch are. It returns "" before the first epoch has ended.
func Headline(s *runfolder.Summary) string {
	b := s.Best
	switch {
	case b == nil || s.Final == nil:
		return ""
	case s.Task.Classifies() && b.TestAccuracy != nil && s.Final.TestAccuracy != nil:
		return fmt.Sprintf("It classifies %s of the %s test images, which it never saw in training, correctly: %s.",
			lastAndBest(s, *s.Final.TestAccuracy, *b.TestAccuracy, plots.Percent), Thousands(s.Images.Test), weightsOf(s))
	case s.Task.Classifies():
		return fmt.Sprintf("It classifies %s of the validation images, which it does not train on, correctly.", optional(b.ValidationAccuracy, plots.Percent))
	case b.TestLoss != nil && s.Final.TestLoss != nil && s.PCA != nil:
		return fmt.Sprintf("It restores test images that it never saw with an error of %s, %s that of %d principal components: %s.",
			lastAndBest(s, *s.Final.TestLoss, *b.TestLoss, plots.Loss), times(*b.TestLoss/s.PCA.TestMSE), s.PCA.Components, weightsOf(s))
	case b.TestLoss != nil:
		return fmt.Sprintf("Its loss on test images that it never saw is %s.", plots.Loss(*b.TestLoss))
	}
	return fmt.Sprintf("Its loss on validation images, which it does not train on, is %s.", plots.Loss(b.ValidationLoss))
}

// lastAndBest writes the figures of the last epoch and of the best one, or a
// single figure if they are the same epoch.
func lastAndBest(s *runfolder.Summary, last, best float64, text func(float64) string) string {
	if s.Final.Epoch == s.Best.Epoch {
		return text(best)
	}
	return text(last) + " and " + text(best)
}

// weightsOf says which epochs' weights the figures of lastAndBest belong to.
func weightsOf(s *runfolder.Summary) string {
	if s.Final.Epoch == s.Best.Epoch {
		return fmt.Sprintf("by the weights of its last epoch, %d, which is its best", s.Best.Epoch)
	}
	return fmt.Sprintf("by the weights of its last epoch, %d, and of its best, %d", s.Final.Epoch, s.Best.Epoch)
}

// Tiles returns the figures that the page shows first.
func Tiles(s *runfolder.Summary) []Tile {
	b := s.Best
	if b == nil || s.Final == nil {
		return nil
	}
	tiles := lossTiles
	if s.Task.Classifies() {
		tiles = accuracyTiles
	}
	all := tiles(s)
	all = append(all, Tile{fmt.Sprintf("epoch %d", b.Epoch), fmt.Sprintf("the best of %d, by validation loss", s.Epochs)})
	if s.Seconds > 0 {
		all = append(all, Tile{Duration(s.Seconds), fmt.Sprintf("from start to report, %s images/s in training", Thousands(int(math.Round(s.ImagesPerSecond))))})
	}
	return all
}

func accuracyTiles(s *runfolder.Summary) (tiles []Tile) {
	if s.Final.TestAccuracy != nil && s.Best.TestAccuracy != nil {
		if s.Final.Epoch != s.Best.Epoch {
			tiles = append(tiles, Tile{plots.Percent(*s.Final.TestAccuracy), fmt.Sprintf("test accuracy of the last epoch, %d", s.Final.Epoch)})
		}
		tiles = append(tiles, Tile{plots.Percent(*s.Best.TestAccuracy), fmt.Sprintf("test accuracy of the best epoch, %d", s.Best.Epoch) + "; guessing reaches " + guessing(s)})
	}
	if b := s.Best; b.ValidationAccuracy != nil && b.TrainAccuracy != nil {
		tiles = append(tiles, Tile{plots.Percent(*b.ValidationAccuracy), "validation accuracy of the best epoch"},
			Tile{signed(*b.TrainAccuracy-*b.ValidationAccuracy) + " points", "training accuracy minus validation accuracy; a large gap is overfitting"})
	}
	return tiles
}

// lossTiles returns the tiles of a model that restores images.
func lossTiles(s *runfolder.Summary) []Tile {
	loss, last, of := s.Best.ValidationLoss, s.Final.ValidationLoss, "validation"
	if s.Best.TestLoss != nil && s.Final.TestLoss != nil {
		loss, last, of = *s.Best.TestLoss, *s.Final.TestLoss, "test"
	}
	var tiles []Tile
	if s.Final.Epoch != s.Best.Epoch {
		tiles = append(tiles, Tile{plots.Loss(last), fmt.Sprintf("%s loss of the last epoch, %d", of, s.Final.Epoch)})
	}
	tiles = append(tiles, Tile{plots.Loss(loss), fmt.Sprintf("%s loss of the best epoch, %d: %s", of, s.Best.Epoch, s.Loss)})
	if s.Loss == pixelError {
		error := math.Sqrt(loss)
		tiles = append(tiles, Tile{fmt.Sprintf("±%.0f of 255", 255*error), fmt.Sprintf("how far off a color value typically is: the root of the loss, %.3f of the full range", error)})
	}
	if s.PCA != nil {
		pca := s.PCA.ValidationMSE
		if of == "test" {
			pca = s.PCA.TestMSE
		}
		tiles = append(tiles, Tile{times(loss / pca), fmt.Sprintf("the %s of %d principal components, the best a linear autoencoder can do", plots.Loss(pca), s.PCA.Components)})
	}
	return tiles
}

// guessing writes the accuracy that guessing reaches if every class has the same
// number of images.
func guessing(s *runfolder.Summary) string { return plots.Percent(1 / float64(max(1, len(s.Classes)))) }
