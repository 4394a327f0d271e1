package experiments

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot/plotter"

	"cifartrain/loaders"
	"cifartrain/metrics/pca"
	"cifartrain/plots"
	"cifartrain/training"
)

// explainAutoencoder are the pictures that show what a model with the prepared
// weights restores well and badly, what its first layer looks for and how its code
// is ordered, on the test images.
func explainAutoencoder(p *Prepared, caption plots.Caption) []picture {
	test := p.Images.Test
	predictions := sync.OnceValues(func() ([]Prediction, error) { return p.Predict(context.Background(), test) })
	codes := sync.OnceValues(func() ([]float32, error) { return p.Encode(context.Background(), test) })
	all := []picture{
		{file: "extremes.png", group: "What it restores", tested: true, meaning: "The test images that it restores worst, middling and best.",
			draw: func(w io.Writer) error {
				errors, err := predictions()
				if err != nil {
					return err
				}
				groups, err := p.extremes(errors)
				if err != nil {
					return err
				}
				return plots.RestoredGroups(w, caption, "From the worst restored to the best",
					"The best are smooth and plain, the worst full of small contrasts, of which a short code has no room to keep track.", groups)
			}},
		{file: "errors.png", group: "What it restores", tested: true, meaning: "Which classes are hard, beside what as many principal components leave of them.",
			draw: func(w io.Writer) error {
				errors, err := predictions()
				if err != nil {
					return err
				}
				return p.drawErrorsByClass(w, caption, errors)
			}},
	}
	if len(p.Config.Model.Hidden) > 0 {
		all = append(all, picture{file: "filters.png", group: "What it looks for", tested: true, meaning: "What each unit of the first layer answers to, the busiest first; dead ones are crossed out.",
			draw: func(w io.Writer) error {
				filters, err := p.filters()
				if err != nil {
					return err
				}
				return plots.Filters(w, caption, filters)
			}})
	}
	if p.Architecture.Latent > 1 {
		all = append(all, picture{file: "codes.png", group: "How its code is ordered", tested: true, meaning: "Where the test images of each class lie in the code's two main directions.",
			draw: func(w io.Writer) error {
				values, err := codes()
				if err != nil {
					return err
				}
				classes, shares, err := p.plane(values)
				if err != nil {
					return err
				}
				return plots.Codes(w, caption, shares, classes)
			}})
	}
	return append(all, picture{file: "walk.png", group: "How its code is ordered", tested: true, meaning: "What lies between two images, on the straight line between their codes.",
		draw: func(w io.Writer) error {
			values, err := codes()
			if err != nil {
				return err
			}
			walks, err := p.walks(values)
			if err != nil {
				return err
			}
			return plots.Walks(w, caption, walks)
		}})
}

// extremes are the test images of the largest, the middle and the smallest errors.
func (p *Prepared) extremes(all []Prediction) ([]plots.RestoredGroup, error) {
	const each = 6
	test := p.Images.Test
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
		restored, err := p.Restore(context.Background(), test.Pick(part.places))
		if err != nil {
			return nil, err
		}
		for i, place := range part.places {
			group.Images = append(group.Images, plots.RestoredImage{
				Name:     fmt.Sprintf("%d, %s", test.Index(place), test.Classes[test.Class(place)]),
				Original: p.Picture(test, place), Restored: p.Drawn(restored[i]), MSE: all[place].MSE,
			})
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// fittedForErrors is of how many training images the principal components are
// found that stand beside a model's errors by class: of more they differ by
// little and take seconds.
const fittedForErrors = 5000

// drawErrorsByClass draws the errors beside those that principal components leave,
// where these compare.
func (p *Prepared) drawErrorsByClass(w io.Writer, caption plots.Caption, all []Prediction) error {
	test, latent := p.Images.Test, p.Architecture.Latent
	own, beside := make([]plots.ClassValues, len(test.Classes)), make([]plots.ClassValues, len(test.Classes))
	scale, uniform := lossScale(p.Config.Data.Normalize)
	var best []float64
	name := ""
	if uniform && latent <= mostComponents {
		sample := p.Images.Training.Sample(fittedForErrors, p.Config.Random("errors by class"))
		var err error
		if best, err = pca.Errors(context.Background(), latent, sample, test); err != nil {
			return err
		}
		name = fmt.Sprintf("%d principal components of %d training images", latent, sample.Len())
	}
	for i, prediction := range all {
		class := test.Class(i)
		own[class].Class, beside[class].Class = test.Classes[class], test.Classes[class]
		own[class].Values = append(own[class].Values, prediction.MSE)
		if best != nil {
			beside[class].Values = append(beside[class].Values, scale*best[i])
		}
	}
	ease := func(c plots.ClassValues) float64 { return -mean(c.Values) }
	own, cut := hardestClasses(own, ease)
	if best == nil {
		return plots.ErrorsByClass(w, hardest(caption, cut), own, "", nil)
	}
	kept := make([]plots.ClassValues, len(own))
	for i, class := range own {
		kept[i] = beside[slices.Index(test.Classes, class.Class)]
	}
	return plots.ErrorsByClass(w, hardest(caption, cut), own, name, kept)
}

// filters are the first layer's units with the share of the test images that wake
// each.
func (p *Prepared) filters() ([]plots.Filter, error) {
	model, err := p.Architecture.Build(p.Weights, 1)
	if err != nil {
		return nil, err
	}
	var use [][]float64
	err = p.evaluate(p.Images.Test, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		use, err = e.Use(context.Background(), batches)
		return err
	})
	if err != nil {
		return nil, err
	}
	first := model.Layers[0]
	weights := p.Weights.ByName()[first.Weight].Float32s() // (out, in)
	filters := make([]plots.Filter, first.Out)
	for unit := range filters {
		filters[unit] = plots.Filter{Weights: p.Drawn(weights[unit*first.In : (unit+1)*first.In]), Use: use[0][unit]}
	}
	return filters, nil
}

// plane places the test images' codes in the plane of their two main components.
func (p *Prepared) plane(codes []float32) (classes []plots.ClassCodes, shares [2]float64, err error) {
	test, latent := p.Images.Test, p.Architecture.Latent
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
		total = 1 // all codes are one
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

// walks lead between pairs of test images, drawn by the seed.
func (p *Prepared) walks(codes []float32) ([]plots.Walk, error) {
	const pairs, steps = 5, 7
	test, latent := p.Images.Test, p.Architecture.Latent
	model, err := p.Architecture.Build(p.Weights, 1)
	if err != nil {
		return nil, err
	}
	order := p.Config.Random("walks").Perm(test.Len())
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
			Original: p.Picture(test, from), Arrived: p.Picture(test, to),
		}
		values, decoded := test.Shape.Values(), p.Weights.Decode(model.Layers, between)
		for step := range steps {
			walk.Steps = append(walk.Steps, p.Drawn(p.Transform().Invert(decoded[step*values:(step+1)*values])))
		}
		walks = append(walks, walk)
	}
	return walks, nil
}
