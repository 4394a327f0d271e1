package loaders

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// small is the shape of the images of most tests, and photo is CIFAR-10's.
var (
	small = Shape{Channels: 1, Height: 2, Width: 3}
	photo = Shape{Channels: 3, Height: 32, Width: 32}
)

// names are the classes of the tests' images.
var names = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// labeled is a dataset whose training images have these labels; image i's
// first pixel is i.
func labeled(labels ...byte) *Dataset {
	size := small.RecordSize()
	records := make([]byte, len(labels)*size)
	for i, label := range labels {
		records[i*size] = label
		records[i*size+1] = byte(i)
	}
	return &Dataset{Name: "things", Shape: small, Classes: names, Train: NewImages(small, records)}
}

// randomRecords are count photos of arbitrary pixels, labeled 0 to 9 in turn.
func randomRecords(seed uint64, count int) []byte {
	size := photo.RecordSize()
	records := make([]byte, count*size)
	rand.NewChaCha8([32]byte{byte(seed)}).Read(records)
	for i := range count {
		records[i*size] = byte(i % len(names))
	}
	return records
}

// selected are the photos in records.
func selected(records []byte) *Set {
	dataset := &Dataset{Name: "noise", Shape: photo, Classes: names, Train: NewImages(photo, records)}
	return must(dataset.Select(dataset.Train, nil))
}

// contents are the numbers that labeled gave to a set's images.
func contents(set *Set) []int {
	numbers := make([]int, set.Len())
	for i := range numbers {
		numbers[i] = int(set.Pixels(i)[0])
	}
	return numbers
}

func TestSelect(t *testing.T) {
	things := labeled(6, 0, 7, 9, 6, 7, 7, 3)
	for _, test := range []struct{ classes, contents, class string }{
		{"frog horse", "[0 2 4 5 6]", "[0 1 0 1 1]"},
		{"horse frog", "[0 2 4 5 6]", "[1 0 1 0 0]"},
		{"truck", "[3]", "[0]"},
		{"deer", "[]", "[]"},
		{"truck cat airplane", "[1 3 7]", "[2 0 1]"},
		{"", "[0 1 2 3 4 5 6 7]", "[6 0 7 9 6 7 7 3]"},
	} {
		set := must(things.Select(things.Train, strings.Fields(test.classes)))
		class := make([]int, set.Len())
		for i := range class {
			class[i] = set.Class(i)
		}
		if got := fmt.Sprint(contents(set), class); got != test.contents+" "+test.class {
			t.Errorf("%q selects images and classes %s, want %s %s", test.classes, got, test.contents, test.class)
		}
		if want := cmp.Or(test.classes, strings.Join(names, " ")); strings.Join(set.Classes, " ") != want {
			t.Errorf("the set's classes are %v, want %s", set.Classes, want)
		}
	}
	_, err := things.Select(things.Train, []string{"frog", "frogs"})
	const want = `data.classes: things has no class "frogs"; its classes are airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck`
	if setting := new(SettingError); !errors.As(err, &setting) || setting.Error() != want {
		t.Errorf("error %v, want a SettingError %s", err, want)
	}
}

// every are count images of all classes in turn.
func every(count int) *Set {
	labels := make([]byte, count)
	for i := range labels {
		labels[i] = byte(i % len(names))
	}
	things := labeled(labels...)
	return must(things.Select(things.Train, nil))
}

func TestSplitCount(t *testing.T) {
	for _, test := range []struct {
		images     int
		share      float64
		validation int
	}{
		{100, 0.3, 30}, {99, 0.3, 30}, {98, 0.3, 29}, {10, 0.25, 3}, {2, 0.5, 1}, {3, 0.17, 1}, {100, 0.994, 99},
	} {
		for name, random := range map[string]*rand.Rand{"sequential": nil, "random": rand.New(rand.NewPCG(1, 2))} {
			set := every(test.images)
			training, validation := both(set.Split(test.share, random))
			if validation.Len() != test.validation || training.Len() != test.images-test.validation {
				t.Errorf("%s: %g of %d images: %d validate, %d train; want %d to validate",
					name, test.share, test.images, validation.Len(), training.Len(), test.validation)
			}
			if last := contents(set)[test.images-test.validation:]; random == nil && !slices.Equal(contents(validation), last) {
				t.Errorf("%v validate, want the last images, %v", contents(validation), last)
			}
		}
	}
}

func TestSplitRandom(t *testing.T) {
	set := every(200)
	split := func(seed uint64) (training, validation []int) {
		first, second := both(set.Split(0.3, rand.New(rand.NewPCG(seed, 0))))
		return contents(first), contents(second)
	}
	training, validation := split(1)
	if !slices.IsSorted(training) || !slices.IsSorted(validation) {
		t.Error("a part does not keep the set's order")
	}
	all := slices.Sorted(slices.Values(slices.Concat(training, validation)))
	if !slices.Equal(all, contents(set)) || !slices.Equal(all, contents(every(200))) {
		t.Errorf("the parts together are not the set, or splitting changed it: %v", all)
	}
	_, again := split(1)
	_, other := split(2)
	if slices.Equal(training, all[:140]) || slices.Equal(validation, other) || !slices.Equal(validation, again) {
		t.Error("the random split does not follow from the seed, or is the sequential one")
	}
}

// TestSplitByClass gives small classes a share of their own.
func TestSplitByClass(t *testing.T) {
	labels := append(slices.Repeat([]byte{7}, 60), 6, 6, 6)
	set := must(labeled(labels...).Select(labeled(labels...).Train, []string{"frog", "horse"}))
	for _, random := range []*rand.Rand{nil, rand.New(rand.NewPCG(1, 1))} {
		training, validation := both(set.SplitByClass(0.3, random))
		frogs := 0
		for i := range validation.Len() {
			frogs += 1 - validation.Class(i)
		}
		all := slices.Sorted(slices.Values(append(contents(training), contents(validation)...)))
		if training.Len() != 44 || validation.Len() != 19 || frogs != 1 || !slices.Equal(all, contents(set)) || !slices.IsSorted(contents(training)) {
			t.Errorf("%d train and %d validate, %d frogs among them, together %v", training.Len(), validation.Len(), frogs, all)
		}
	}
	if _, validation, err := set.SplitByClass(0.1, nil); err != nil || validation.Len() != 6+1 {
		t.Errorf("of 3 frogs and 60 horses 0.1 are %d: %v", validation.Len(), err)
	}
	var setting *SettingError
	one := must(labeled(7, 7, 6).Select(labeled(7, 7, 6).Train, []string{"frog", "horse"}))
	if _, _, err := one.SplitByClass(0.1, nil); !errors.As(err, &setting) ||
		setting.Reason != `a share of 0.1 leaves 0 of the 1 images of class "frog" for validation and 1 for training; both need at least one` {
		t.Errorf("error %v", err)
	}
}

// TestLimit wants a like share of each class, and fewer images to be part of more.
func TestLimit(t *testing.T) {
	set := every(1000)
	for i := range 500 { // a class that is rarer than the others
		set.indices = slices.DeleteFunc(set.indices, func(j int) bool { return j == 10*i && i%2 == 0 })
	}
	byClass := func(of *Set) (counts [10]float64) {
		for i := range of.Len() {
			counts[of.Class(i)]++
		}
		return counts
	}
	var before *Set
	for _, count := range []int{10, 25, 190, 500, 0} {
		some := must(set.Limit(count, rand.New(rand.NewPCG(1, 2))))
		if want := count; want > 0 && some.Len() != want || want == 0 && some.Len() != set.Len() {
			t.Errorf("limit %d: %d images", count, some.Len())
		}
		share, counts := float64(some.Len())/float64(set.Len()), byClass(some)
		for class, own := range byClass(set) {
			if want := share * own; math.Abs(counts[class]-want) > 1 {
				t.Errorf("limit %d: %v images of class %d, want about %.1f", count, counts[class], class, want)
			}
		}
		for i := 0; before != nil && i < before.Len(); i++ {
			if !slices.Contains(some.indices, before.indices[i]) {
				t.Fatalf("limit %d lacks image %d of a smaller one", count, before.indices[i])
			}
		}
		before = some
	}
	_, err := set.Limit(9, rand.New(rand.NewPCG(1, 2)))
	if want := "9 is below the number of classes, 10"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestSplitRefuses(t *testing.T) {
	for _, test := range []struct {
		images int
		share  float64
		says   string
	}{
		{10, 0.04, "a share of 0.04 leaves 0 of the 10 images for validation and 10 for training; both need at least one"},
		{10, 0.96, "leaves 10 of the 10 images for validation and 0 for"}, {1, 0.5, "1 of the 1 images for validation and 0 for"}, {0, 0.5, "0 of the 0 images for validation and 0 for"},
		// The config refuses these first.
		{10, 0, ""}, {10, 1, ""}, {10, -0.5, ""}, {10, 1.5, ""}, {10, math.NaN(), ""}, {10, math.Inf(1), ""}, {10, math.Inf(-1), ""},
	} {
		_, _, err := every(test.images).Split(test.share, nil)
		if setting := new(SettingError); !errors.As(err, &setting) || setting.Key != "data.validation" || !strings.Contains(setting.Reason, test.says) {
			t.Errorf("a share of %g: error %v, want one that says %q", test.share, err, test.says)
		}
	}
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}

// both are the parts of a set that can be split.
func both(first, second *Set, err error) (*Set, *Set) { return must(first, err), second }
