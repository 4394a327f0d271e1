package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot/plotter"

	"cifartrain/internal/reports"
	"cifartrain/loaders"
	"cifartrain/plots"
	"cifartrain/training"
)

// explainAutoencoder returns the pictures that show, on the test images, what a
// model restores well and badly, what its first layer responds to and how its
// code is organized.
func explainAutoencoder(t *tested, caption plots.Caption) []picture {
	all := []picture{
		{file: "extremes.png", group: "What it restores", tested: true, meaning: "The test images that it restores worst, about averagely and best.",
			draw: func(w io.Writer) error {
				groups, err := t.extremes()
				if err != nil {
					return err
				}
				return plots.RestoredGroups(w, caption, "From the worst restored to the best",
					"The best are smooth and plain. The worst are full of small contrasts, for which a short code has no room.", groups)
			}},
		{file: "errors.png", group: "What it restores", tested: true, meaning: "The error by class, beside that of as many principal components.",
			draw: func(w io.Writer) error { return t.drawErrorsByClass(w, caption) }},
	}
	if len(t.Config.Model.Hidden) > 0 {
		all = append(all, picture{file: "filters.png", group: "What it looks for", tested: true, meaning: "What each unit of the first layer responds to, the most active first; dead ones are crossed out.",
			draw: func(w io.Writer) error {
				filters, err := t.filters()
				if err != nil {
					return err
				}
				return plots.Filters(w, caption, filters)
			}})
	}
	if t.Architecture.Latent > 1 {
		all = append(all, picture{file: "codes.png", group: "How its code is ordered", tested: true, meaning: "Where the test images of each class lie in the code's two main directions.",
			draw: func(w io.Writer) error {
				classes, shares, err := t.plane()
				if err != nil {
					return err
				}
				return plots.Codes(w, caption, shares, classes)
			}})
	}
	return append(all, picture{file: "walk.png", group: "How its code is ordered", tested: true, meaning: "What lies between two images, on the straight line between their codes.",
		draw: func(w io.Writer) error {
			walks, err := t.walks()
			if err != nil {
				return err
			}
			return plots.Walks(w, caption, walks)
		}})
}

// extremes returns the test images with the largest, middle and smallest
// errors.
func (t *tested) extremes() ([]plots.RestoredGroup, error) {
	const each = 6
	test := t.Images.Test
	all, err := t.predictions()
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
		restored, err := t.Restore(context.Background(), test.Pick(part.places))
		if err != nil {
			return nil, err
		}
		for i, place := range part.places {
			group.Images = append(group.Images, plots.RestoredImage{
				Name:     fmt.Sprintf("%d, %s", test.Index(place), test.Classes[test.Class(place)]),
				Original: t.Picture(test, place), Restored: t.Drawn(restored[i]), MSE: all[place].MSE,
			})
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// drawErrorsByClass draws the errors by class, beside those of principal
// components if they can be compared.
func (t *tested) drawErrorsByClass(w io.Writer, caption plots.Caption) error {
	test := t.Images.Test
	all, err := t.predictions()
	if err != nil {
		return err
	}
	components, err := t.components()
	if err != nil {
		return err
	}
	name := ""
	if components != nil {
		name = fmt.Sprintf("%d principal components of %s training images", t.Architecture.Latent, reports.Thousands(components.fitted))
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
	own, cut := hardestClasses(own, ease)
	if components == nil {
		return plots.ErrorsByClass(w, hardest(caption, cut), own, "", nil)
	}
	kept := make([]plots.ClassValues, len(own))
	for i, class := range own {
		kept[i] = beside[slices.Index(test.Classes, class.Class)]
	}
	return plots.ErrorsByClass(w, hardest(caption, cut), own, name, kept)
}

// filters returns the units of the first layer, each with the share of the test
// images for which it is active.
func (t *tested) filters() ([]plots.Filter, error) {
	model, err := t.Architecture.Build(t.Weights, 1)
	if err != nil {
		return nil, err
	}
	var use [][]float64
	err = t.evaluate(t.Images.Test, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		use, err = e.Use(context.Background(), batches)
		return err
	})
	if err != nil {
		return nil, err
	}
	first := model.Layers[0]
	weights := t.Weights.ByName()[first.Weight].Float32s() // (out, in)
	filters := make([]plots.Filter, first.Out)
	for unit := range filters {
		filters[unit] = plots.Filter{Weights: t.Drawn(weights[unit*first.In : (unit+1)*first.In]), Use: use[0][unit]}
	}
	return filters, nil
}

// plane projects the test images' codes onto their two main principal
// components.
func (t *tested) plane() (classes []plots.ClassCodes, shares [2]float64, err error) {
	test, latent := t.Images.Test, t.Architecture.Latent
	codes, err := t.codes()
	if err != nil {
		return nil, shares, err
	}
	values := make([]float64, len(codes))
	for i, value := range codes {
		values[i] = float64(value)
	}
	table := mat.NewDense(test.Len(), latent, values)
	var components stat.PC
	if test.Len() < 2 || !components.PrincipalComponents(table, nil) {
		return nil, shares, errors.New("the codes have no principal components")
	}
	var vectors, places mat.Dense
	components.VectorsTo(&vectors)
	places.Mul(table, vectors.Slice(0, latent, 0, 2))
	variances := components.VarsTo(nil)
	total := 0.0
	for _, variance := range variances {
		total += variance
	}
	if total == 0 {
		total = 1 // all codes are equal
	}
	shares = [2]float64{variances[0] / total, variances[1] / total}
	classes = make([]plots.ClassCodes, len(test.Classes))
	for i := range test.Len() {
		class := &classes[test.Class(i)]
		class.Class = test.Classes[test.Class(i)]
		class.XYs = append(class.XYs, plotter.XY{X: places.At(i, 0), Y: places.At(i, 1)})
	}
	classes = slices.DeleteFunc(classes, func(c plots.ClassCodes) bool { return len(c.XYs) == 0 })
	return classes[:min(len(classes), mostClassesDrawn)], shares, nil
}

// walks returns walks between pairs of test images that the seed draws.
func (t *tested) walks() ([]plots.Walk, error) {
	const pairs, steps = 5, 7
	test, latent := t.Images.Test, t.Architecture.Latent
	codes, err := t.codes()
	if err != nil {
		return nil, err
	}
	model, err := t.Architecture.Build(t.Weights, 1)
	if err != nil {
		return nil, err
	}
	order := t.Config.Random("walks").Perm(test.Len())
	var walks []plots.Walk
	for pair := range min(pairs, len(order)/2) {
		from, to := order[2*pair], order[2*pair+1]
		between := make([]float32, 0, steps*latent)
		for step := range steps {
			part := float32(step) / (steps - 1)
			for z := range latent {
				between = append(between, (1-part)*codes[from*latent+z]+part*codes[to*latent+z])
			}
		}
		walk := plots.Walk{
			From: test.Classes[test.Class(from)], To: test.Classes[test.Class(to)],
			Original: t.Picture(test, from), Arrived: t.Picture(test, to),
		}
		values, decoded := test.Shape.Values(), t.Weights.Decode(model.Layers, between)
		for step := range steps {
			walk.Steps = append(walk.Steps, t.Drawn(t.Transform.Invert(decoded[step*values:(step+1)*values])))
		}
		walks = append(walks, walk)
	}
	return walks, nil
}
