package loaders

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// A SettingError is a setting that does not suit the data.
type SettingError struct {
	Key    string // the config's dotted key
	Reason string
}

func (e *SettingError) Error() string { return e.Key + ": " + e.Reason }

// WrongRequest marks the error as a fault of the config and not of the work.
func (*SettingError) WrongRequest() {}

// A Set is a selection of a dataset's images, in order. It shares their bytes.
type Set struct {
	Shape   Shape
	Classes []string // names, in the order of Class

	images   Images
	indices  []int32
	position []int // for each label the index in Classes, -1 if it is not selected
}

// Select returns those of the images, which are the dataset's, that belong to
// one of the named classes, in the dataset's order. No names mean all classes.
func (d *Dataset) Select(images Images, classes []string) (*Set, error) {
	if len(classes) == 0 {
		classes = d.Classes
	}
	set := &Set{Shape: d.Shape, Classes: classes, images: images}
	for _, name := range d.Classes {
		set.position = append(set.position, slices.Index(classes, name))
	}
	for _, class := range classes {
		if !slices.Contains(d.Classes, class) {
			return nil, &SettingError{"data.classes", fmt.Sprintf("%s has no class %q; its classes are %s", d.Name, class, strings.Join(d.Classes, ", "))}
		}
	}
	for i := range images.Len() {
		if set.position[images.Label(i)] >= 0 {
			set.indices = append(set.indices, int32(i))
		}
	}
	return set, nil
}

// Len is the number of images.
func (s *Set) Len() int { return len(s.indices) }

// Class returns the index of image i's class in Classes.
func (s *Set) Class(i int) int { return s.position[s.images.Label(int(s.indices[i]))] }

// Pixels returns image i's bytes; see [Images.Pixels].
func (s *Set) Pixels(i int) []byte { return s.images.Pixels(int(s.indices[i])) }

// Split divides the set into training and validation images. share, between 0
// and 1, is the share of the validation images, rounded to a whole number of
// them. They are drawn at random, or are the last ones if random is nil. Both
// parts keep the set's order.
func (s *Set) Split(share float64, random *rand.Rand) (training, validation *Set, err error) {
	return s.split(share, random, "images")
}

// SplitByClass divides each class as Split divides the set, but gives it at least
// one validation image.
func (s *Set) SplitByClass(share float64, random *rand.Rand) (training, validation *Set, err error) {
	own := make([][]int32, len(s.Classes))
	for i := range s.Len() {
		own[s.Class(i)] = append(own[s.Class(i)], int32(i))
	}
	first, second := *s, *s
	first.indices, second.indices = nil, nil
	for class, name := range s.Classes {
		part := share
		if n := float64(len(own[class])); n > 1 {
			part = max(share, 1/n)
		}
		some, others, err := s.subset(own[class]).split(part, random, fmt.Sprintf("images of class %q", name))
		if err != nil {
			return nil, nil, err
		}
		first.indices, second.indices = append(first.indices, some.indices...), append(second.indices, others.indices...)
	}
	slices.Sort(first.indices)
	slices.Sort(second.indices)
	return &first, &second, nil
}

// split divides a set, whose images an error calls by the given words.
func (s *Set) split(share float64, random *rand.Rand, words string) (training, validation *Set, err error) {
	count := int(math.Round(share * float64(s.Len())))
	if count < 1 || count >= s.Len() {
		return nil, nil, &SettingError{"data.validation", fmt.Sprintf(
			"a share of %g leaves %d of the %d %s for validation and %d for training; both need at least one", share, count, s.Len(), words, s.Len()-count)}
	}
	order := make([]int32, s.Len())
	for i := range order {
		order[i] = int32(i)
	}
	if random != nil {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	boundary := s.Len() - count
	return s.subset(order[:boundary]), s.subset(order[boundary:]), nil
}

// Sample returns count images of the set, drawn at random, in the set's order.
// If the set has no more than that, it returns all.
func (s *Set) Sample(count int, random *rand.Rand) *Set {
	places := make([]int32, 0, min(count, s.Len()))
	for _, place := range random.Perm(s.Len())[:cap(places)] {
		places = append(places, int32(place))
	}
	return s.subset(places)
}

// Limit returns count images of the set, drawn at random with a like share of each
// class, or all if there are no more than that; 0 stands for all. With equal streams,
// fewer images are part of more. It returns an error for fewer images than classes.
func (s *Set) Limit(count int, random *rand.Rand) (*Set, error) {
	if count == 0 || count >= s.Len() {
		return s, nil
	}
	if count < len(s.Classes) {
		return nil, &SettingError{"data.limit", fmt.Sprintf("%d is below the number of classes, %d, so that some would have no image", count, len(s.Classes))}
	}
	order := make([]int32, s.Len())
	for i, place := range random.Perm(s.Len()) {
		order[i] = int32(place)
	}
	sizes, shares := make([]float64, len(s.Classes)), make([]float64, s.Len())
	for _, place := range order {
		sizes[s.Class(int(place))]++
	}
	drawn := make([]float64, len(s.Classes))
	for _, place := range order { // the share of its class that is drawn before it
		class := s.Class(int(place))
		shares[place] = drawn[class] / sizes[class]
		drawn[class]++
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(shares[a], shares[b]) })
	return s.subset(order[:count]), nil
}

// Index returns image i's index among the dataset's images.
func (s *Set) Index(i int) int { return int(s.indices[i]) }

// Pick returns the images at the given indexes, in the order given.
func (s *Set) Pick(places []int) *Set { return pick(s, places) }

func pick[number int | int32](s *Set, places []number) *Set {
	part := *s
	part.indices = make([]int32, len(places))
	for i, place := range places {
		part.indices[i] = s.indices[place]
	}
	return &part
}

// subset returns the images at the given indexes, in the set's order.
func (s *Set) subset(places []int32) *Set { return pick(s, slices.Sorted(slices.Values(places))) }
