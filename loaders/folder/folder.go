// Package folder reads a dataset from a folder of pictures in which each class
// has a folder of its own.
package folder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cifartrain/loaders"
	"cifartrain/loaders/pictures"
)

// Options say how a folder becomes a dataset.
type Options struct {
	Size   int        // the width and height to which pictures are scaled
	Test   float64    // share of each class's pictures used for the test if there is no folder of test pictures
	Random *rand.Rand // draws the test pictures

	// Unlabeled says that one class will do, and that a folder with nothing but
	// pictures is one.
	Unlabeled bool

	// Progress, if it is not nil, is called with how many of all pictures have
	// been read, from several goroutines but never by two at a time.
	Progress func(done, total int)
}

// The parts of a dataset.
const (
	train = iota
	validation
	test
	parts
)

// uses are what the parts are for, and partNames the names of their folders, in
// upper or lower case.
var (
	uses      = [parts]string{"training", "validation", "the test"}
	partNames = [parts][]string{{"train", "training"}, {"val", "valid", "validation", "dev"}, {"test", "testing"}}
)

// Open returns the dataset in dir. Either dir has a folder for training and
// possibly one for validation and one for the test, each with a folder of
// pictures for every class, or the classes' folders are in dir itself. Classes
// are named after their folders and ordered alphabetically. Which files are read
// is up to [pictures.List]. The error wraps fs.ErrNotExist if dir does not exist.
func Open(ctx context.Context, dir string, options Options) (*loaders.Dataset, error) {
	if _, err := pictures.Stat(dir); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(dir) // so that even "." has a name
	if err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	if loaders.CheckName(name) != nil {
		name = strconv.QuoteToGraphic(name)
	}
	found := &collection{}
	if err := found.find(dir, options.Unlabeled); err != nil {
		return nil, err
	}
	classes, err := found.classes(dir, options.Unlabeled)
	if err != nil {
		return nil, err
	}
	if found.parts[test] == nil {
		if err := found.setAside(options.Test, options.Random, classes); err != nil {
			return nil, err
		}
	}
	dataset := &loaders.Dataset{
		Name: "pictures in " + name, Classes: classes, ByClass: true,
		Shape: loaders.Shape{Channels: 3, Height: options.Size, Width: options.Size},
	}
	all := slices.Concat(found.parts[:]...)
	paths := make([]string, len(all))
	for i, picture := range all {
		paths[i] = picture.path
	}
	records, faults, err := pictures.ReadAll(ctx, paths, dataset.Shape, options.Progress)
	const most = 10
	faults = slices.DeleteFunc(faults, func(err error) bool { return err == nil })
	if count := len(faults); count > most {
		faults = append(faults[:most], fmt.Errorf("and %d more", count-most))
	}
	if err = cmp.Or(err, errors.Join(faults...)); err != nil {
		return nil, err
	}
	size, from := dataset.Shape.RecordSize(), 0
	for i, picture := range all {
		records[i*size] = byte(slices.Index(classes, picture.class))
	}
	for part, into := range []*loaders.Images{&dataset.Train, &dataset.Validation, &dataset.Test} {
		length := len(found.parts[part]) * size
		*into = loaders.NewImages(dataset.Shape, records[from:from+length])
		from += length
	}
	dataset.Checksum = loaders.Checksum(dataset.Train, dataset.Validation, dataset.Test)
	for _, remark := range []string{found.passed.Remark(), found.repeated(dataset)} {
		if remark != "" {
			dataset.Remarks = append(dataset.Remarks, remark)
		}
	}
	return dataset, nil
}

// A picture is a file and the class whose folder it lies in.
type picture struct{ class, path string }

// A collection are the pictures of a dataset, each part class by class.
type collection struct {
	parts  [parts][]picture // nil if there is no folder for it
	passed pictures.Folder  // of which only what was passed over is kept
}

// find lists a dataset's pictures.
func (c *collection) find(dir string, unlabeled bool) error {
	top, err := c.list(dir)
	if err != nil {
		return err
	}
	var folders [parts]string // "" for a part that has none
	var others []string
	for _, folder := range top.Folders {
		name := strings.ToLower(filepath.Base(folder))
		part := slices.IndexFunc(partNames[:], func(names []string) bool { return slices.Contains(names, name) })
		switch {
		case part < 0:
			others = append(others, folder)
		case folders[part] != "":
			return fmt.Errorf("%s and %s are both for %s: put their pictures into one of them", folders[part], folder, uses[part])
		default:
			folders[part] = folder
		}
	}
	inner := func(part int) bool { return folders[part] != "" && len(pictures.List(folders[part]).Folders) > 0 }
	switch {
	case !inner(train) && (inner(validation) || inner(test)):
		return fmt.Errorf(`%s has folders for validation or the test, but none named "train" with a folder for each class in it`, dir)
	case !inner(train) && len(top.Folders) == 0 && unlabeled: // all are of one class
		for _, path := range top.Pictures {
			c.parts[train] = append(c.parts[train], picture{"picture", path})
		}
		return nil
	case !inner(train): // without folders in it, "train" may be a class
		c.parts[train], err = c.listClasses(top)
		return err
	case len(others) > 0:
		return fmt.Errorf("%s stands beside %s, but is named neither %s nor %s: rename it or move it away",
			others[0], folders[train], strings.Join(partNames[validation], ", "), strings.Join(partNames[test], ", "))
	}
	for part, folder := range folders {
		if folder == "" {
			continue
		}
		within, err := c.list(folder)
		if err == nil && len(within.Folders) == 0 {
			err = fmt.Errorf("%s holds no folders of classes: put the pictures into a folder for each class, or delete %[1]s", folder)
		}
		if err == nil {
			c.parts[part], err = c.listClasses(within)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list lists one folder and remembers what was passed over.
func (c *collection) list(dir string) (pictures.Folder, error) {
	found := pictures.List(dir)
	c.passed.PassedOver = append(c.passed.PassedOver, found.PassedOver...)
	return found, errors.Join(found.Faults...)
}

// listClasses returns the pictures in the classes' folders, each of which must have
// at least one. It passes over those beside them.
func (c *collection) listClasses(within pictures.Folder) (all []picture, err error) {
	c.passed.PassedOver = append(c.passed.PassedOver, within.Pictures...)
	for _, folder := range within.Folders {
		class := filepath.Base(folder)
		found, err := c.list(folder)
		switch {
		case err != nil:
			return nil, err
		case loaders.CheckName(class) != nil:
			return nil, fmt.Errorf("the folder %q cannot name a class: %w; rename it", folder, loaders.CheckName(class))
		case len(found.Folders) > 0:
			return nil, fmt.Errorf("%s is a folder where the pictures of the class %q should be: move its pictures to %s, or name %[3]s instead of %[4]s if its folders are the classes",
				found.Folders[0], class, folder, filepath.Dir(folder))
		case len(found.Pictures) == 0:
			return nil, fmt.Errorf("%s holds no pictures: put some in or delete the folder", folder)
		}
		for _, path := range found.Pictures {
			all = append(all, picture{class, path})
		}
	}
	return all, nil
}

// classes returns the names of the classes for training. Test and validation
// pictures must not have any others.
func (c *collection) classes(dir string, unlabeled bool) ([]string, error) {
	var names []string
	for _, picture := range c.parts[train] {
		if !slices.Contains(names, picture.class) {
			names = append(names, picture.class)
		}
	}
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("%s holds no folders of pictures: it needs one for each class, or a folder \"train\" with these in it", dir)
	case len(names) == 1 && !unlabeled:
		return nil, fmt.Errorf("%s holds pictures of only one class, %q: there must be at least two", dir, names[0])
	case len(names) > 256:
		return nil, fmt.Errorf("%s holds folders of %d classes; at most 256 are possible", dir, len(names))
	}
	for _, picture := range slices.Concat(c.parts[validation], c.parts[test]) {
		if !slices.Contains(names, picture.class) {
			return nil, fmt.Errorf("%s is of the class %q, which has no pictures to train on: the folders for training are %s",
				picture.path, picture.class, strings.Join(names, ", "))
		}
	}
	return names, nil
}

// setAside turns a share of each class's training pictures, drawn at random and
// at least one, into test pictures.
func (c *collection) setAside(share float64, random *rand.Rand, classes []string) error {
	var kept []picture
	for _, class := range classes {
		var own []picture
		for _, picture := range c.parts[train] {
			if picture.class == class {
				own = append(own, picture)
			}
		}
		count := int(math.Round(share * float64(len(own))))
		if len(own) > 1 {
			count = max(count, 1)
		}
		if count < 1 || count >= len(own) {
			return &loaders.SettingError{Key: "data.test", Reason: fmt.Sprintf(
				"a share of %g leaves %d of the %d pictures of class %q for the test and %d for training; both need at least one", share, count, len(own), class, len(own)-count)}
		}
		drawn := slices.Sorted(slices.Values(random.Perm(len(own))[:count]))
		for i, picture := range own {
			if _, found := slices.BinarySearch(drawn, i); found {
				c.parts[test] = append(c.parts[test], picture)
			} else {
				kept = append(kept, picture)
			}
		}
	}
	c.parts[train] = kept
	return nil
}

// repeated says how many pictures for validation and the test are training
// pictures, too, pixel for pixel. It returns "" if none is.
func (c *collection) repeated(dataset *loaders.Dataset) string {
	trained := make(map[string]string)
	for i, picture := range c.parts[train] {
		trained[string(dataset.Train.Pixels(i))] = picture.path
	}
	count, example := 0, ""
	for part, images := range []loaders.Images{validation: dataset.Validation, test: dataset.Test} {
		for i := range images.Len() {
			if twin, found := trained[string(images.Pixels(i))]; found {
				count, example = count+1, cmp.Or(example, c.parts[part][i].path+" and "+twin)
			}
		}
	}
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("%d of the pictures for validation and the test are also trained on, such as %s: their figures say little", count, example)
}
