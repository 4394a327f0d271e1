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
	indices  []int
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
			set.indices = append(set.indices, i)
		}
	}
	return set, nil
}

// Len is the number of images.
func (s *Set) Len() int { return len(s.indices) }

// Class returns the index of image i's class in Classes.
func (s *Set) Class(i int) int { return s.position[s.images.Label(s.indices[i])] }

// Pixels returns image i's bytes; see [Images.Pixels].
func (s *Set) Pixels(i int) []byte { return s.images.Pixels(s.indices[i]) }

// Split divides the set into training and validation images. share, between 0
// and 1, is the share of the validation images, rounded to a whole number of
// them. They are drawn at random, or are the last ones if random is nil. Both
// parts keep the set's order.
func (s *Set) Split(share float64, random *rand.Rand) (training, validation *Set, err error) {
	first, second, err := split(upTo(s.Len()), share, random, "images")
	if err != nil {
		return nil, nil, err
	}
	return s.subset(first), s.subset(second), nil
}

// SplitByClass divides each class as Split divides the set, but gives it at least
// one validation image.
func (s *Set) SplitByClass(share float64, random *rand.Rand) (training, validation *Set, err error) {
	own := make([][]int, len(s.Classes))
	for i := range s.Len() {
		own[s.Class(i)] = append(own[s.Class(i)], i)
	}
	var first, second []int
	for class, name := range s.Classes {
		part := share
		if n := float64(len(own[class])); n > 1 {
			part = max(share, 1/n)
		}
		some, others, err := split(own[class], part, random, fmt.Sprintf("images of class %q", name))
		if err != nil {
			return nil, nil, err
		}
		first, second = append(first, some...), append(second, others...)
	}
	return s.subset(first), s.subset(second), nil
}

// split divides the indexes of images, which an error calls by the given words.
func split(places []int, share float64, random *rand.Rand, words string) (training, validation []int, err error) {
	count := int(math.Round(share * float64(len(places))))
	boundary := len(places) - count
	if count < 1 || boundary < 1 {
		return nil, nil, &SettingError{"data.validation", fmt.Sprintf(
			"a share of %g leaves %d of the %d %s for validation and %d for training; both need at least one", share, count, len(places), words, boundary)}
	}
	if random != nil {
		random.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	}
	return places[:boundary], places[boundary:], nil
}

// Sample returns count images of the set, drawn at random, in the set's order.
// If the set has no more than that, it returns all.
func (s *Set) Sample(count int, random *rand.Rand) *Set {
	return s.subset(random.Perm(s.Len())[:min(count, s.Len())])
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
	order, sizes := random.Perm(s.Len()), make([]float64, len(s.Classes))
	for i := range s.Len() {
		sizes[s.Class(i)]++
	}
	shares, drawn := make([]float64, s.Len()), make([]float64, len(s.Classes))
	for _, place := range order { // the share of its class that is drawn before it
		class := s.Class(place)
		shares[place] = drawn[class] / sizes[class]
		drawn[class]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(shares[a], shares[b]) })
	return s.subset(order[:count]), nil
}

// Index returns image i's index among the dataset's images.
func (s *Set) Index(i int) int { return s.indices[i] }

// Pick returns the images at the given indexes, in the order given.
func (s *Set) Pick(places []int) *Set {
	part := *s
	part.indices = make([]int, len(places))
	for i, place := range places {
		part.indices[i] = s.indices[place]
	}
	return &part
}

// subset returns the images at the given indexes, in the set's order.
func (s *Set) subset(places []int) *Set { return s.Pick(slices.Sorted(slices.Values(places))) }

// upTo returns the numbers from 0 up to n-1.
func upTo(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}
