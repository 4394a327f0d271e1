package main

import (
	"context"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/metrics"
)

// A yardstick is what as many principal components as the model has latent
// values reach on the same images, computed while the model trains.
type yardstick struct {
	done   chan struct{}
	result *metrics.PCA // nil where there is none
	err    error
}

// measure starts computing the yardstick of a model that restores its input.
// The results are kept in the data folder.
func measure(ctx context.Context, config configs.Config, architecture *graphs.Architecture, images *images) *yardstick {
	y := &yardstick{done: make(chan struct{})}
	scale, uniform := lossScale(config.Data.Normalize)
	if architecture.Latent == 0 || !uniform {
		close(y.done)
		return y
	}
	go func() {
		defer close(y.done)
		results, err := metrics.CachedPCA(ctx, config.Data.Dir, []int{architecture.Latent}, images.training, images.validation, images.test)
		if err != nil {
			y.err = err
			return
		}
		pca := results[0]
		pca.TrainMSE *= scale
		pca.ValidationMSE *= scale
		pca.TestMSE *= scale
		y.result = &pca
	}()
	return y
}

// lossScale is the factor by which the normalisation scales a squared error of
// pixels in [0, 1]. It is the same for all principal components only where the
// channels share one standard deviation.
func lossScale(n *configs.Normalize) (scale float64, uniform bool) {
	if n == nil {
		return 1, true
	}
	std := n.Std[0]
	return 1 / (std * std), n.Std[1] == std && n.Std[2] == std
}

// wait returns the yardstick once it is there, nil where there is none.
func (y *yardstick) wait() (*metrics.PCA, error) {
	<-y.done
	return y.result, y.err
}
