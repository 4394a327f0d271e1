// Package folder reads a dataset from a folder of pictures in which each class
// has a folder of its own.
package folder

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cifartrain/loaders"
	"cifartrain/loaders/pictures"
)

// Options say how a folder becomes a dataset.
type Options struct {
	Size   int        // the width and height to which pictures are scaled
	Test   float64    // share of each class's pictures used for the test if there is no folder of test pictures
	Random *rand.Rand // draws the test pictures

	// Progress, if it is not nil, is called with how many of all pictures have
	// been read, from several goroutines but never by two at a time.
	Progress func(done, total int)
}

// Open returns the dataset in dir. Either dir has a folder "train" and possibly
// "test" and "val" or "valid", each with a folder of pictures for every class,
// or the classes' folders are in dir itself. Classes are named after their
// folders and ordered alphabetically. Hidden files are ignored; any other file
// that is not a picture is an error. The error wraps fs.ErrNotExist if dir does
// not exist.
func Open(ctx context.Context, dir string, options Options) (*loaders.Dataset, error) {
	parts, err := find(dir)
	if err != nil {
		return nil, err
	}
	classes, err := parts.classes(dir)
	if err != nil {
		return nil, err
	}
	if parts.test == nil {
		if err := parts.setAside(options.Test, options.Random, classes); err != nil {
			return nil, err
		}
	}
	dataset := &loaders.Dataset{
		Name: "pictures in " + filepath.Base(absolute(dir)), Classes: classes,
		Shape: loaders.Shape{Channels: 3, Height: options.Size, Width: options.Size},
	}
	all := slices.Concat(parts.train, parts.validation, parts.test)
	records, err := read(ctx, all, classes, dataset.Shape, options.Progress)
	if err != nil {
		return nil, err
	}
	size := dataset.Shape.RecordSize()
	first, second := len(parts.train)*size, (len(parts.train)+len(parts.validation))*size
	dataset.Train = loaders.NewImages(dataset.Shape, records[:first])
	dataset.Validation = loaders.NewImages(dataset.Shape, records[first:second])
	dataset.Test = loaders.NewImages(dataset.Shape, records[second:])
	dataset.Checksum = loaders.Checksum(dataset.Train, dataset.Validation, dataset.Test)
	return dataset, nil
}

// absolute returns a folder's absolute path, so that even "." has a name.
func absolute(dir string) string {
	if path, err := filepath.Abs(dir); err == nil {
		return path
	}
	return dir
}

// A picture is a file and the class whose folder it lies in.
type picture struct{ class, path string }

// parts are the pictures of a dataset, each part class by class.
type parts struct {
	train, validation, test []picture // nil if there is no folder for them
}

// find lists a dataset's pictures.
func find(dir string) (*parts, error) {
	folders, err := subfolders(dir)
	if err != nil {
		return nil, err
	}
	found := &parts{}
	inner, _ := subfolders(filepath.Join(dir, "train"))
	if !slices.Contains(folders, "train") || len(inner) == 0 { // without folders in it, "train" may be a class
		found.train, err = list(dir, folders)
		return found, err
	}
	for _, part := range []struct {
		pictures *[]picture
		names    []string
	}{{&found.train, []string{"train"}}, {&found.validation, []string{"val", "valid"}}, {&found.test, []string{"test"}}} {
		for _, name := range part.names {
			if !slices.Contains(folders, name) {
				continue
			}
			folder := filepath.Join(dir, name)
			classes, err := subfolders(folder)
			if err == nil && len(classes) == 0 {
				err = fmt.Errorf("%s holds no folders of classes: put the pictures into a folder for each class, or delete %[1]s", folder)
			}
			if err != nil {
				return nil, err
			}
			if *part.pictures, err = list(folder, classes); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// subfolders returns the names of the folders in dir, sorted, without hidden
// ones.
func subfolders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if info, err := os.Stat(filepath.Join(dir, entry.Name())); err == nil && info.IsDir() && !hidden(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// hidden reports whether file managers hide a file of this name. Windows leaves
// the two names without a dot in folders of pictures.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.EqualFold(name, "Thumbs.db") || strings.EqualFold(name, "desktop.ini")
}

// list returns the pictures in dir's folders of the given classes. Each class
// must have at least one.
func list(dir string, classes []string) ([]picture, error) {
	var found []picture
	for _, class := range classes {
		folder := filepath.Join(dir, class)
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		before := len(found)
		for _, entry := range entries {
			path := filepath.Join(folder, entry.Name())
			info, err := os.Stat(path)
			switch {
			case hidden(entry.Name()):
				continue
			case err != nil:
				return nil, err
			case info.IsDir():
				return nil, fmt.Errorf("%s is a folder where the pictures of the class %q should be: move its pictures to %s, or name %s instead of %s if its folders are the classes",
					path, class, folder, folder, dir)
			case !info.Mode().IsRegular():
				return nil, fmt.Errorf("%s is not a file: the folder of a class holds nothing but pictures", path)
			}
			found = append(found, picture{class, path})
		}
		if len(found) == before {
			return nil, fmt.Errorf("%s holds no pictures: put some in or delete the folder", folder)
		}
	}
	return found, nil
}

// classes returns the names of the classes for training. Test and validation
// pictures must not have any others.
func (p *parts) classes(dir string) ([]string, error) {
	var names []string
	for _, picture := range p.train {
		if !slices.Contains(names, picture.class) {
			names = append(names, picture.class)
		}
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("%s holds no folders of pictures: it needs one for each class, or a folder \"train\" with these in it", dir)
	case len(names) == 1:
		return nil, fmt.Errorf("%s holds pictures of only one class, %q: there must be at least two", dir, names[0])
	case len(names) > 256:
		return nil, fmt.Errorf("%s holds folders of %d classes; at most 256 are possible", dir, len(names))
	}
	for _, picture := range slices.Concat(p.validation, p.test) {
		if !slices.Contains(names, picture.class) {
			return nil, fmt.Errorf("%s is of the class %q, which has no pictures to train on: the folders for training are %s",
				picture.path, picture.class, strings.Join(names, ", "))
		}
	}
	return names, nil
}

// setAside turns a share of each class's training pictures, drawn at random,
// into test pictures.
func (p *parts) setAside(share float64, random *rand.Rand, classes []string) error {
	var kept []picture
	for _, class := range classes {
		var own []picture
		for _, picture := range p.train {
			if picture.class == class {
				own = append(own, picture)
			}
		}
		count := int(math.Round(share * float64(len(own))))
		if count < 1 || count >= len(own) {
			return &loaders.SettingError{Key: "data.test", Reason: fmt.Sprintf(
				"a share of %g leaves %d of the %d pictures of class %q for the test and %d for training; both need at least one", share, count, len(own), class, len(own)-count)}
		}
		drawn := make([]bool, len(own))
		for _, place := range random.Perm(len(own))[:count] {
			drawn[place] = true
		}
		for i, picture := range own {
			if drawn[i] {
				p.test = append(p.test, picture)
			} else {
				kept = append(kept, picture)
			}
		}
	}
	p.train = kept
	return nil
}

// mostFaults is how many unreadable pictures one error names.
const mostFaults = 10

// read decodes pictures into records on all processors.
func read(ctx context.Context, all []picture, classes []string, shape loaders.Shape, progress func(done, total int)) ([]byte, error) {
	paths := make([]string, len(all))
	for i, one := range all {
		paths[i] = one.path
	}
	records, faults, err := pictures.ReadAll(ctx, paths, shape, progress)
	if err != nil {
		return nil, err
	}
	for i, one := range all {
		records[i*shape.RecordSize()] = byte(slices.Index(classes, one.class))
	}
	faults = slices.DeleteFunc(faults, func(err error) bool { return err == nil })
	if count := len(faults); count > mostFaults {
		faults = append(faults[:mostFaults], fmt.Errorf("and %d more", count-mostFaults))
	}
	return records, errors.Join(faults...)
}
