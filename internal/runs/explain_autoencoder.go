package runs

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/loaders"
	"cifartrain/plots"
	"cifartrain/training"
)

// explainAutoencoder returns the pictures that show, on the test images, what a
// model restores well and badly, and what its first layer responds to.
func explainAutoencoder(t *Run, caption plots.Caption) []picture {
	all := []picture{
		{file: "extremes.png", group: "What it restores", tested: true, meaning: "The test images that it restores worst, about averagely and best.",
			draw: func(w io.Writer) error {
				groups, err := t.extremes()
				if err != nil {
					return err
				}
				return plots.RestoredGroups(w, caption, "From the worst restored to the best",
					"The images with the largest, the middle and the smallest errors of all.", groups)
			}},
		{file: "errors.png", group: "What it restores", tested: true, chart: true, meaning: "The error by class, beside that of as many principal components.",
			draw: func(w io.Writer) error { return t.drawErrorsByClass(w, caption) }},
	}
	if len(t.Config.Model.Hidden) > 0 {
		all = append(all, picture{file: "filters.png", group: "What it looks for", tested: true, meaning: "What each unit of the first layer responds to, the most active first.",
			draw: func(w io.Writer) error {
				filters, err := t.filters()
				if err != nil {
					return err
				}
				return plots.Filters(w, caption, filters)
			}})
	}
	return all
}

// extremes returns the test images with the largest, middle and smallest
// errors.
func (r *Run) extremes() ([]plots.RestoredGroup, error) {
	const each = 6
	test := r.Test
	all, err := r.predictions()
	if err != nil {
		return nil, err
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b].MSE, all[a].MSE) })
	count := min(each, len(order))
	middle := (len(order) - count) / 2
	best := slices.Clone(order[len(order)-count:])
	slices.Reverse(best)
	var groups []plots.RestoredGroup
	for _, part := range []struct {
		title  string
		places []int
	}{{"The worst", order[:count]}, {"In the middle", order[middle : middle+count]}, {"The best", best}} {
		group := plots.RestoredGroup{Title: part.title}
		restored, err := r.Restore(context.Background(), test.Pick(part.places))
		if err != nil {
			return nil, err
		}
		for i, place := range part.places {
			group.Images = append(group.Images, plots.RestoredImage{
				Name:     fmt.Sprintf("%d, %s", test.Index(place), test.Classes[test.Class(place)]),
				Original: r.Picture(test, place), Restored: r.Drawn(restored[i]), MSE: all[place].MSE,
			})
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// drawErrorsByClass draws the errors by class, beside those of principal
// components if they can be compared.
func (r *Run) drawErrorsByClass(w io.Writer, caption plots.Caption) error {
	test := r.Test
	all, err := r.predictions()
	if err != nil {
		return err
	}
	components, err := r.besideComponents()
	if err != nil {
		return err
	}
	name := ""
	if components != nil {
		name = fmt.Sprintf("%d principal components of %s training images", r.Architecture.Latent, reports.Thousands(components.fitted))
	}
	own, beside := make([]plots.ClassValues, len(test.Classes)), make([]plots.ClassValues, len(test.Classes))
	for i, prediction := range all {
		class := test.Class(i)
		own[class].Class, beside[class].Class = test.Classes[class], test.Classes[class]
		own[class].Values = append(own[class].Values, prediction.MSE)
		if components != nil {
			beside[class].Values = append(beside[class].Values, components.errors[i])
		}
	}
	ease := func(c plots.ClassValues) float64 { return -mean(c.Values) }
	own, omitted := hardestClasses(own, ease)
	if components == nil {
		return plots.ErrorsByClass(w, caption, own, "", nil, omitted)
	}
	kept := make([]plots.ClassValues, len(own))
	for i, class := range own {
		kept[i] = beside[slices.Index(test.Classes, class.Class)]
	}
	return plots.ErrorsByClass(w, caption, own, name, kept, omitted)
}

// filters returns the units of the first layer, each with the share of the validation
// images for which it is active, on which dead units are counted everywhere.
func (r *Run) filters() ([]plots.Filter, error) {
	var layers []graphs.Layer
	var use [][]float64
	err := r.evaluate(r.Validation, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		layers, use, err = e.Use(context.Background(), batches)
		return err
	})
	if err != nil {
		return nil, err
	}
	first := layers[0]
	weights := r.Weights.ByName()[first.Weight].Float32s() // (out, in)
	filters := make([]plots.Filter, first.Out)
	for unit := range filters {
		filters[unit] = plots.Filter{Weights: r.Drawn(weights[unit*first.In : (unit+1)*first.In]), Use: 1}
		if use[0] != nil { // of a layer without a ReLU, every unit is active
			filters[unit].Use = use[0][unit]
		}
	}
	return filters, nil
}
