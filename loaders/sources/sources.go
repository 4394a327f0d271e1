// Package sources opens the dataset that a config asks for, wherever it comes
// from.
package sources

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
	"cifartrain/loaders/folder"
	"cifartrain/loaders/idx"
	"cifartrain/loaders/pictures"
	"cifartrain/loaders/sample"
)

// The kinds of sources, as data.source names them.
const (
	CIFAR10  = "cifar10"
	CIFAR100 = "cifar100"
	MNIST    = "mnist"
	Fashion  = "fashion_mnist"
	Folder   = "folder" // a folder of pictures for each class
	Sample   = "sample" // the built-in sample
)

// A Source says where images come from.
type Source struct {
	Kind     string // one of the kinds above
	Dir      string // the folder that holds the dataset, or into which it is downloaded
	Named    bool   // a person named Dir for this run, so nothing may replace the images in it
	URL      string // of the archive of CIFAR-10 or CIFAR-100
	Download bool   // download the dataset if Dir does not hold it
	Fallback bool   // use the built-in sample if CIFAR-10 is not available
	Offline  bool   // download nothing: the sample takes the place of CIFAR-10 that would be downloaded, other datasets are missing

	Size int     // Folder: the width and height to which pictures are scaled
	Test float64 // Folder: share of the pictures used for the test if there is no folder of test pictures
	Seed uint64  // Folder: draws the test pictures

	Unlabeled bool // Folder: a folder of pictures without folders of classes will do
}

// Known returns the shape and the classes of a source's images if they are
// known without opening it.
func (source Source) Known() (shape loaders.Shape, classes []string, known bool) {
	if source.Kind == CIFAR10 || source.Kind == Sample {
		return cifar.Shape, cifar.Classes, true
	}
	return loaders.Shape{}, nil, false
}

// Progress is told how opening a dataset proceeds.
type Progress interface {
	// Download says that done of total bytes of a dataset have arrived; total
	// is -1 if it is unknown.
	Download(dataset string, done, total int64)
	// Pictures says that done of all pictures have been read.
	Pictures(done, all int)
}

// collections are the published datasets by kind of source, each with its name,
// the forms in which people have it, and itself if it can be downloaded. The error
// of open wraps fs.ErrNotExist if dir does not hold it.
var collections = map[string]struct {
	open        func(ctx context.Context, dir string) (*loaders.Dataset, error)
	name, forms string
	archive     *cifar.Collection
}{
	CIFAR10:  {cifar.Ten.Open, cifar.Ten.Name, "cifar-10-batches-bin, cifar-10-batches-py, cifar-10-binary.tar.gz or cifar-10-python.tar.gz", cifar.Ten},
	CIFAR100: {cifar.Hundred.Open, cifar.Hundred.Name, "cifar-100-binary, cifar-100-python or an archive of either", cifar.Hundred},
	MNIST:    {idx.Digits.Open, idx.Digits.Name, "MNIST/raw/train-images-idx3-ubyte and its three companions, also with .gz", nil},
	Fashion:  {idx.Fashion.Open, idx.Fashion.Name, "FashionMNIST/raw/train-images-idx3-ubyte and its three companions, also with .gz", nil},
}

// Open returns the source's dataset from its folder, downloads it if it is
// missing, or draws the built-in sample if the source allows that. Damaged
// files in the folder are an error, never a reason to download or to use the
// sample. progress may be nil.
func Open(ctx context.Context, source Source, progress Progress) (*loaders.Dataset, error) {
	if source.Kind == Sample {
		return drawn(ctx, "the config asks for it (data.source: sample)")
	}
	if info, err := pictures.Stat(source.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err // a link to nothing, for one
	} else if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file, not a folder: name the folder that holds it", source.Dir)
	}
	dataset, err := source.open(ctx, progress)
	var absent *missing
	if source.Kind == CIFAR10 && errors.As(err, &absent) && (absent.later || source.Fallback && !source.Named) {
		return drawn(ctx, absent.reason)
	}
	if err != nil {
		return nil, err
	}
	for _, class := range dataset.Classes {
		if err := loaders.CheckName(class); err != nil {
			return nil, fmt.Errorf("a class in %s cannot be used: %w", source.Dir, err)
		}
	}
	return dataset, nil
}

// drawn returns the built-in sample, which takes a second or two to draw.
func drawn(ctx context.Context, reason string) (*loaders.Dataset, error) {
	dataset := sample.Draw()
	dataset.StandsInBecause = reason
	return dataset, ctx.Err()
}

// A missing error says that a dataset is not available, why, and what to do.
type missing struct {
	reason, remedy string
	later          bool // it would be downloaded if the source were not offline
}

func (e *missing) Error() string { return e.reason + "; " + e.remedy }

// open returns the dataset in the source's folder, or downloads it.
func (source Source) open(ctx context.Context, progress Progress) (*loaders.Dataset, error) {
	if source.Kind == Folder {
		options := folder.Options{Size: source.Size, Test: source.Test, Random: rand.New(rand.NewPCG(source.Seed, 0)), Unlabeled: source.Unlabeled}
		if progress != nil {
			options.Progress = progress.Pictures
		}
		dataset, err := folder.Open(ctx, source.Dir, options)
		if errors.Is(err, fs.ErrNotExist) {
			err = &missing{reason: fmt.Sprintf("there is no folder %s", source.Dir), remedy: "name the folder of the pictures with -data or data.dir"}
		}
		return dataset, err
	}
	wanted := collections[source.Kind]
	dataset, err := wanted.open(ctx, source.Dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return dataset, err
	}
	inside, _ := os.ReadDir(source.Dir)
	for _, entry := range inside { // a link to nothing, such as to a disk that is not mounted, is meant
		path := filepath.Join(source.Dir, entry.Name())
		if _, err := pictures.Stat(path); err != nil && !errors.Is(err, fs.ErrNotExist) && strings.Contains(wanted.forms, entry.Name()) {
			return nil, err
		}
	}
	if source.Named {
		if found := contents(source.Dir); found != "" {
			return nil, &missing{reason: fmt.Sprintf("%s %s", source.Dir, found), remedy: fmt.Sprintf("name a folder that holds %s as %s", wanted.name, wanted.forms)}
		}
	}
	absent := &missing{reason: fmt.Sprintf("%s does not hold %s", source.Dir, wanted.name), remedy: source.howToGet()}
	switch {
	case wanted.archive == nil:
		return nil, absent
	case !source.Download:
		absent.reason += " and data.download is false"
		return nil, absent
	case source.Offline:
		absent.reason += fmt.Sprintf(" yet: a run would first fetch it from %s (170 MB), which a dry run does not", source.URL)
		absent.later = true
		return nil, absent
	}
	var listen cifar.Progress
	if progress != nil {
		listen = func(done, total int64) { progress.Download(wanted.name, done, total) }
	}
	dataset, err = wanted.archive.Fetch(ctx, source.URL, source.Dir, listen)
	if cifar.Unavailable(err) {
		absent.reason += fmt.Sprintf(" and it could not be fetched: %v", err)
		return nil, absent
	}
	return dataset, err
}

// contents says what is in a folder that does not hold the dataset. It returns
// "" if there is nothing but hidden files and an unfinished download of this
// program.
func contents(dir string) string {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "does not exist"
	}
	if err != nil {
		return fmt.Sprintf("cannot be read (%v)", err)
	}
	const shown = 5
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".part") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	found := "holds other things: " + strings.Join(names[:min(shown, len(names))], ", ")
	if more := len(names) - shown; more > 0 {
		found += fmt.Sprintf(" and %d more", more)
	}
	return found
}

// howToGet says how to get the dataset into the source's folder.
func (source Source) howToGet() string {
	wanted := collections[source.Kind]
	if wanted.archive != nil {
		return fmt.Sprintf("download %s, unpack it into %s or name its folder with -data", source.URL, source.Dir)
	}
	return fmt.Sprintf("put it there as %s, where torchvision leaves it, or name its folder with -data", wanted.forms)
}

// Warning says that a dataset's images are not those that the source asks for,
// why, and how to get the real ones. It returns "" if they are.
func Warning(dataset *loaders.Dataset, source Source) string {
	if dataset.StandsInBecause == "" {
		return ""
	}
	remedy := source.howToGet()
	if source.Kind == Sample {
		remedy = "set data.source to cifar10"
	}
	return fmt.Sprintf("These images are not CIFAR-10 but a sample that the program draws itself: %s. For the real data, %s.", dataset.StandsInBecause, remedy)
}
