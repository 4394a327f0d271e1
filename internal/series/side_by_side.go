package series

import (
	"context"
	"io"
	"slices"

	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
	"cifartrain/plots"
)

// The most that the picture of models side by side can show.
const (
	mostSideBySide    = 8 // models
	imagesSideBySide  = 6
	sideBySidePicture = "side_by_side.png"
)

// sideBySide draws test images, chosen by the seed, as the first run of each
// contender reconstructs them, and as principal components do if all codes are
// equally wide. There is no picture if models do not reconstruct images or were
// trained on different ones. It needs the dataset and does not download it. The
// overrides are for the runs' configs; see [configs.Load].
func sideBySide(ctx context.Context, s *runs.Session, contenders []reports.Contender, overrides []string) ([]reports.Picture, error) {
	if len(contenders) < 2 || !sameImages(contenders) {
		return nil, nil
	}
	var prepared []*runs.Run
	for _, contender := range contenders[:min(len(contenders), mostSideBySide)] {
		run, err := Open(s, contender.Runs[0].Path, overrides)
		if err == nil {
			run.Config.Data.Download = false
			err = run.PrepareTrained(ctx, false, runs.Need{Images: true})
		}
		if err != nil {
			return nil, err
		}
		prepared = append(prepared, run)
	}
	first := prepared[0]
	chosen := first.Test.Sample(imagesSideBySide, first.Config.Random("side by side"))
	var models []plots.ReconstructionGroup
	alike := true // whether all codes are as wide as the first
	for i, p := range prepared {
		images, err := p.Reconstruct(ctx, chosen)
		if err != nil {
			return nil, err
		}
		models = append(models, plots.ReconstructionGroup{Title: contenders[i].Label, Images: images})
		alike = alike && p.Architecture.Latent == first.Architecture.Latent
	}
	if alike {
		images, err := first.ReconstructByComponents(ctx, chosen)
		if err != nil {
			return nil, err
		}
		if images != nil {
			models = append(models, plots.ReconstructionGroup{Title: first.ComponentsName(), Images: images})
		}
	}
	summary := contenders[0].Summary()
	caption := plots.Caption{Dataset: summary.Dataset + ": " + reports.ClassList(summary.Classes) + ", test images, best weights"}
	picture, err := reports.Draw(sideBySidePicture, "The same test images restored by each.", func(w io.Writer) error { return plots.SideBySide(w, caption, models) })
	return []reports.Picture{picture}, err
}

// sameImages reports whether all contenders reconstruct images, and the same ones.
func sameImages(contenders []reports.Contender) bool {
	first := contenders[0].Summary()
	return !slices.ContainsFunc(contenders, func(c reports.Contender) bool {
		other := c.Summary()
		return !other.Task.Reconstructs() || other.Dataset != first.Dataset || !slices.Equal(other.Classes, first.Classes) || !slices.Equal(other.Shape, first.Shape)
	})
}
