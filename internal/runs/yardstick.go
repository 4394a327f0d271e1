package runs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"cifartrain/configs"
	"cifartrain/metrics/pca"
)

// mostComponents bounds the yardstick: more principal components take minutes.
const mostComponents = 256

// A yardstick is what as many principal components as the model has latent
// values reach on the same images. It is computed while the model trains.
type yardstick struct {
	stop    context.CancelFunc
	done    chan struct{}
	result  *pca.Result // nil if there is none
	missing string      // why a model that restores its input has none
}

// measure starts computing the yardstick of a model that restores its input.
func measure(ctx context.Context, p *Prepared) *yardstick {
	ctx, stop := context.WithCancel(ctx)
	y := &yardstick{stop: stop, done: make(chan struct{})}
	scale, uniform := lossScale(p.Config.Data.Normalize)
	switch {
	case !p.Architecture.Task.Restores():
	case !uniform:
		y.missing = "data.normalize divides the channels by different deviations"
	case p.Architecture.Latent > mostComponents:
		y.missing = fmt.Sprintf("model.latent is above %d", mostComponents)
	default:
		go y.compute(ctx, p.Architecture.Latent, scale, p.Images)
		return y
	}
	close(y.done)
	return y
}

func (y *yardstick) compute(ctx context.Context, components int, scale float64, images *Images) {
	defer close(y.done)
	results, err := pca.Cached(ctx, cacheFolder(), []int{components}, images.Training, images.Validation, images.Test)
	if err != nil {
		y.missing = err.Error() // the run is worth keeping without it
		return
	}
	result := results[0]
	result.TrainMSE *= scale
	result.ValidationMSE *= scale
	result.TestMSE *= scale
	y.result = &result
}

// CacheVariable is the environment variable that names another cache folder.
// Set to an empty value, it turns the cache off.
const CacheVariable = "CIFARTRAIN_CACHE"

// cacheFolder is where principal components are kept from run to run:
// cifartrain in the user's cache folder, or "" if there is no such folder.
func cacheFolder() string {
	if named, set := os.LookupEnv(CacheVariable); set {
		return named
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		return "" // then the components are computed for each run
	}
	return filepath.Join(folder, "cifartrain")
}

// lossScale is the factor by which the normalization scales a squared error of
// pixels in [0, 1]. uniform is false if the channels have different standard
// deviations; then there is no such factor.
func lossScale(n *configs.Normalize) (scale float64, uniform bool) {
	if n == nil {
		return 1, true
	}
	std := n.Std[0]
	return 1 / (std * std), !slices.ContainsFunc(n.Std, func(other float64) bool { return other != std })
}

// cancel stops the computation, which then has no result.
func (y *yardstick) cancel() {
	if y != nil {
		y.stop()
	}
}

// wait waits for the figures and returns them, or nil if there are none.
func (y *yardstick) wait() *pca.Result {
	if y == nil { // the run ended before its training began
		return nil
	}
	defer y.stop()
	<-y.done
	return y.result
}

// whyMissing says why a run that restores its input has no such figures.
func (y *yardstick) whyMissing() string {
	if y == nil {
		return ""
	}
	return y.missing
}
