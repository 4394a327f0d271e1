// Package sources opens the dataset that a config asks for, wherever it comes
// from.
package sources

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
	"cifartrain/loaders/sample"
)

// A Source says where the images come from.
type Source struct {
	Sample   bool   // the built-in sample, whatever else there is
	Dir      string // the folder that holds CIFAR-10, or that it is fetched into
	URL      string // of the archive; it may hold a password, so that messages show Address
	Download bool   // fetch CIFAR-10 when Dir does not hold it
	Fallback bool   // use the built-in sample when CIFAR-10 cannot be had
}

// Open returns CIFAR-10 from the source's folder, fetches it where it is
// missing, or draws the built-in sample where the source grants that. A folder
// that holds damaged files is an error, never a reason to use the sample.
// progress, which may be nil, hears of a download.
func Open(ctx context.Context, source Source, progress cifar.Progress) (*loaders.Dataset, error) {
	dataset, reason, err := source.open(ctx, progress)
	if reason != "" {
		dataset, err = unlessDone(ctx, func() (*loaders.Dataset, error) { return sample.Draw(), nil })
		if dataset != nil {
			dataset.StandsInBecause = reason
		}
	}
	return dataset, err
}

// unlessDone returns what load does, or ctx's error as soon as ctx is done.
func unlessDone(ctx context.Context, load func() (*loaders.Dataset, error)) (*loaders.Dataset, error) {
	type outcome struct {
		dataset *loaders.Dataset
		err     error
	}
	loaded := make(chan outcome, 1)
	go func() {
		dataset, err := load()
		loaded <- outcome{dataset, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case o := <-loaded:
		return o.dataset, o.err
	}
}

// open returns CIFAR-10, or else the reason why the sample stands in for it.
func (source Source) open(ctx context.Context, progress cifar.Progress) (dataset *loaders.Dataset, reason string, err error) {
	if source.Sample {
		return nil, "the config asks for it (data.source: sample)", nil
	}
	dataset, err = cifar.Ten.Open(ctx, source.Dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return dataset, "", err
	}
	reason = fmt.Sprintf("%s does not hold CIFAR-10 and data.download is false", source.Dir)
	if source.Download {
		dataset, err := cifar.Ten.Fetch(ctx, source.URL, source.Dir, progress)
		if !errors.Is(err, cifar.ErrUnreachable) && !cifar.Unwritable(err) {
			return dataset, "", err
		}
		reason = fmt.Sprintf("%s does not hold CIFAR-10 and it could not be fetched: %v", source.Dir, err)
	}
	if source.Fallback {
		return nil, reason, nil
	}
	return nil, "", fmt.Errorf("%s; %s; or set data.if_missing to sample to train on built-in images", reason, howToGet(source))
}

// Address is the archive's without a password.
func (source Source) Address() string {
	address, err := url.Parse(source.URL)
	if err != nil {
		return "its address"
	}
	return address.Redacted()
}

// howToGet says how a person gets CIFAR-10 into the source's folder.
func howToGet(source Source) string {
	return fmt.Sprintf("download %s, unpack it into %s or name its folder with -data", source.Address(), source.Dir)
}

// Warning tells a person that a dataset's images are not those that the source
// asks for, why, and how to get the real ones; it is empty when they are.
func Warning(dataset *loaders.Dataset, source Source) string {
	if dataset.StandsInBecause == "" {
		return ""
	}
	remedy := howToGet(source)
	if source.Sample {
		remedy = "set data.source to cifar10"
	}
	return fmt.Sprintf("These images are not CIFAR-10 but a sample the program draws itself: %s. For the real data, %s.", dataset.StandsInBecause, remedy)
}
