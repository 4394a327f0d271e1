package runs

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"gonum.org/v1/gonum/stat"

	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/loaders"
	"cifartrain/plots"
	"cifartrain/training"
)

// autoencoderPictures are the pictures that show what a model reconstructs well and
// badly, and what its first layer responds to.
func (r *Run) autoencoderPictures() (all []picture) {
	if r.Config.Plots.Reconstructions > 0 {
		all = append(all, picture{file: "reconstructions.png", draw: r.drawReconstructions,
			meaning: "Validation images drawn by the seed, and what the best weights restore of them, or of a noisy copy if the model was trained with noise."})
	}
	all = append(all, picture{file: "extremes.png", tested: true, draw: r.drawExtremes,
		meaning: "The test images that it restores worst, about averagely and best."},
		picture{file: "errors.png", tested: true, chart: true, draw: r.drawErrorsByClass,
			meaning: "The error by class, beside that of as many principal components."})
	if len(r.Config.Model.Hidden) > 0 {
		all = append(all, picture{file: "filters.png", tested: true, draw: r.drawFilters,
			meaning: "What each unit of the first layer responds to, the most active first."})
	}
	return all
}

// drawReconstructions draws some validation images, chosen by the seed, with pixels
// in [0, 1] on both sides, whatever the config's normalization. A model that was trained
// to remove noise reconstructs them with such noise added.
func (r *Run) drawReconstructions(w io.Writer, caption plots.Caption) error {
	chosen := r.Validation.Sample(r.Config.Plots.Reconstructions, r.Config.Random("reconstructions"))
	reconstruct := r.Reconstruct
	if r.Config.Data.Noise > 0 {
		reconstruct = r.reconstructNoisy
	}
	images, err := reconstruct(context.Background(), chosen)
	if err != nil {
		return err
	}
	return plots.Reconstructions(w, caption, images)
}

func (r *Run) drawExtremes(w io.Writer, caption plots.Caption) error {
	const each = 6
	order := make([]int, len(r.predictions))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.predictions[b].MSE, r.predictions[a].MSE) })
	count := min(each, len(order))
	middle := (len(order) - count) / 2
	best := slices.Clone(order[len(order)-count:])
	slices.Reverse(best)
	var groups []plots.ReconstructionGroup
	for _, part := range []struct {
		title  string
		places []int
	}{{"The worst", order[:count]}, {"In the middle", order[middle : middle+count]}, {"The best", best}} {
		images, err := r.Reconstruct(context.Background(), r.Test.Pick(part.places))
		if err != nil {
			return err
		}
		for i, place := range part.places {
			images[i].MSE = r.predictions[place].MSE
		}
		groups = append(groups, plots.ReconstructionGroup{Title: part.title, Images: images})
	}
	return plots.ReconstructionGroups(w, caption, "From the worst restored to the best",
		"The images with the largest, the middle and the smallest errors of all.", groups)
}

// drawErrorsByClass draws the errors by class, beside those of principal
// components if they can be compared.
func (r *Run) drawErrorsByClass(w io.Writer, caption plots.Caption) error {
	own, omitted := hardestClasses(r.byClass(func(i int) float64 { return r.predictions[i].MSE }),
		func(c plots.ClassValues) float64 { return -stat.Mean(c.Values, nil) })
	scale, uniform := lossScale(r.Config.Data.Normalize)
	var components []float64
	if uniform {
		if err := r.throughComponents(context.Background(), r.Test, func(i int, reconstructed []float32) {
			components = append(components, scale*meanSquaredError(r.Picture(r.Test, i).Values, reconstructed))
		}); err != nil {
			return err
		}
	}
	if components == nil {
		return plots.ErrorsByClass(w, caption, own, "", nil, omitted)
	}
	all, beside := r.byClass(func(i int) float64 { return components[i] }), make([]plots.ClassValues, len(own))
	for i, class := range own {
		beside[i] = all[slices.Index(r.Test.Classes, class.Class)]
	}
	return plots.ErrorsByClass(w, caption, own, r.ComponentsName(), beside, omitted)
}

// ComponentsName says which principal components a model is drawn beside.
func (r *Run) ComponentsName() string {
	return fmt.Sprintf("%d principal components of %s training images", r.Architecture.Latent, reports.Thousands(r.Training.Len()))
}

// drawFilters draws the units of the first layer, each with the share of the
// validation images for which it is active; dead units are counted on these
// everywhere.
func (r *Run) drawFilters(w io.Writer, caption plots.Caption) error {
	var layers []graphs.Layer
	var use [][]float64
	err := r.evaluate(r.Validation, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		layers, use, err = e.ActiveShares(context.Background(), batches)
		return err
	})
	if err != nil {
		return err
	}
	first := layers[0]
	weights := r.Weights.ByName()[first.Weight].Float32s() // (out, in)
	filters := make([]plots.Filter, first.Out)
	for unit := range filters {
		filters[unit] = plots.Filter{Weights: r.drawn(weights[unit*first.In : (unit+1)*first.In]), Use: 1}
		if use[0] != nil { // of a layer without a ReLU, every unit is active
			filters[unit].Use = use[0][unit]
		}
	}
	return plots.Filters(w, caption, filters)
}
