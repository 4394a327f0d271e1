package experiments

import (
	"context"
	"fmt"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/metrics"
)

// mostComponents bounds the yardstick: more principal components take minutes.
const mostComponents = 256

// A yardstick is what as many principal components as the model has latent
// values reach on the same images, computed while the model trains.
type yardstick struct {
	cancel  context.CancelFunc
	done    chan struct{}
	result  *metrics.PCA // nil where there is none
	missing string       // why a model that restores its input has none
}

// measure starts computing the yardstick of a model that restores its input.
// The results are kept in the data folder.
func measure(ctx context.Context, config configs.Config, architecture *graphs.Architecture, images *images) *yardstick {
	ctx, cancel := context.WithCancel(ctx)
	y := &yardstick{cancel: cancel, done: make(chan struct{})}
	scale, uniform := lossScale(config.Data.Normalize)
	switch {
	case !architecture.Task.Restores():
	case !uniform:
		y.missing = "data.normalize divides the channels by different deviations"
	case architecture.Latent > mostComponents:
		y.missing = fmt.Sprintf("model.latent is above %d", mostComponents)
	default:
		go y.compute(ctx, config.Data.Dir, architecture.Latent, scale, images)
		return y
	}
	close(y.done)
	return y
}

func (y *yardstick) compute(ctx context.Context, dir string, components int, scale float64, images *images) {
	defer close(y.done)
	results, err := metrics.CachedPCA(ctx, dir, []int{components}, images.training, images.validation, images.test)
	if err != nil {
		y.missing = err.Error() // the run is worth keeping without it
		return
	}
	pca := results[0]
	pca.TrainMSE *= scale
	pca.ValidationMSE *= scale
	pca.TestMSE *= scale
	y.result = &pca
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
func (y *yardstick) wait() *metrics.PCA {
	defer y.cancel()
	<-y.done
	return y.result
}
