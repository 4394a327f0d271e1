package folder

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
)

// writePictures writes a PNG at each path below dir; its pixels' red is the
// number of the path, so that it can be told from others.
func writePictures(t testing.TB, dir string, paths ...string) {
	t.Helper()
	for number, path := range paths {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		picture := image.NewNRGBA(image.Rect(0, 0, 8, 8))
		for i := range 64 {
			picture.Set(i%8, i/8, color.NRGBA{R: byte(number), G: 100, B: byte(i), A: 255})
		}
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(file, picture), file.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// series are the paths folder/0.png to folder/(count-1).png.
func series(folder string, count int) (paths []string) {
	for i := range count {
		paths = append(paths, fmt.Sprintf("%s/%03d.png", folder, i))
	}
	return paths
}

func options() Options {
	return Options{Size: 8, Test: 0.2, Random: rand.New(rand.NewPCG(1, 1))}
}

// open reads the pictures of a folder that is sound.
func open(t testing.TB, dir string, o Options) *loaders.Dataset {
	t.Helper()
	dataset, err := Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dataset
}

// told are the class and number of each image.
func told(dataset *loaders.Dataset, images loaders.Images) (names []string) {
	for i := range images.Len() {
		names = append(names, fmt.Sprintf("%s %d", dataset.Classes[images.Label(i)], images.Pixels(i)[0]))
	}
	return names
}

func TestOpenWithParts(t *testing.T) {
	for _, validation := range []string{"", "val", "valid", "Validation", "dev"} {
		dir := t.TempDir()
		paths := []string{"train/dog/a.png", "train/cat/b.png", "train/cat/a.png", "test/cat/c.png"}
		if validation != "" {
			paths = append(paths, validation+"/dog/x.png")
		}
		writePictures(t, dir, paths...)
		os.WriteFile(filepath.Join(dir, "train", "cat", ".DS_Store"), []byte("hidden"), 0o666)
		os.WriteFile(filepath.Join(dir, "train", "dog", "Thumbs.db"), []byte("hidden by Windows"), 0o666)
		os.Mkdir(filepath.Join(dir, "train", ".cache"), 0o777)
		os.WriteFile(filepath.Join(dir, "train", "README.txt"), []byte("beside the classes"), 0o666)
		got := open(t, dir, options())
		if diff := cmp.Diff([]string{"cat", "dog"}, got.Classes); diff != "" {
			t.Errorf("classes (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"cat 2", "cat 1", "dog 0"}, told(got, got.Train)); diff != "" {
			t.Errorf("training images (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"cat 3"}, told(got, got.Test)); diff != "" {
			t.Errorf("test images (-want +got):\n%s", diff)
		}
		if wanted := len(paths) - 4; got.Validation.Len() != wanted {
			t.Errorf("%d validation images, want %d", got.Validation.Len(), wanted)
		}
		if want := (loaders.Shape{Channels: 3, Height: 8, Width: 8}); got.Shape != want || got.Name != "pictures in "+filepath.Base(dir) {
			t.Errorf("it is %q of shape %v", got.Name, got.Shape)
		}
		if pixels := got.Test.Pixels(0); pixels[64] != 100 || pixels[128+9] != 9 {
			t.Errorf("green is %d and blue %d, want 100 and 9", pixels[64], pixels[128+9])
		}
	}
}

// TestOpenSetsAside takes a share of each class for the test, by the seed, on any number
// of processors.
func TestOpenSetsAside(t *testing.T) {
	dir := t.TempDir()
	writePictures(t, dir, append(series("train", 10), series("car", 20)...)...) // a class called train
	seeded := func(seed uint64) *loaders.Dataset {
		o := options()
		o.Random = rand.New(rand.NewPCG(seed, 0))
		return open(t, dir, o)
	}
	got := seeded(1)
	counts := make(map[string]int)
	for i := range got.Test.Len() {
		counts[got.Classes[got.Test.Label(i)]]++
	}
	if got.Train.Len() != 24 || got.Test.Len() != 6 || counts["train"] != 2 || counts["car"] != 4 {
		t.Errorf("%d images train and %d test: %v; want 24, and 2 and 4 of the classes", got.Train.Len(), got.Test.Len(), counts)
	}
	seen := make(map[string]bool)
	for _, name := range append(told(got, got.Train), told(got, got.Test)...) {
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(processors)
		if seeded(1).Checksum != got.Checksum || seeded(2).Checksum == got.Checksum {
			t.Errorf("with %d processors the test pictures are not those drawn by the seed", processors)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	good := append(series("cat", 5), series("dog", 5)...)
	file := func(path, content string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, path), []byte(content), 0o666) }
	}
	folder := func(path string) func(string) error {
		return func(dir string) error { return os.MkdirAll(filepath.Join(dir, path), 0o777) }
	}
	none := func(string) error { return nil }
	var many []string
	for i := range 257 {
		many = append(many, fmt.Sprintf("%03d/1.png", i))
	}
	for _, test := range []struct {
		name   string
		paths  []string
		change func(dir string) error
		want   string // its beginning
	}{
		{"nothing", nil, none, `FOLDER holds no folders of pictures: it needs one for each class, or a folder "train" with these in it`},
		{"pictures without folders", []string{"a.png", "b.png"}, none, `FOLDER holds no folders of pictures`},
		{"one class", series("cat", 5), none, `FOLDER holds pictures of only one class, "cat": there must be at least two`},
		{"too many classes", many, none, "FOLDER holds folders of 257 classes; at most 256 are possible"},
		{"an empty class", good, folder("emu"), "FOLDER/emu holds no pictures: put some in or delete the folder"},
		{"a format that is not read", good, file("cat/phone.heic", "....ftypheic"), "FOLDER/cat/phone.heic is not a picture that can be read: its format is not one of PNG, JPEG, GIF, BMP, TIFF and WebP"},
		{"two folders for validation", append([]string{"train/a/1.png", "val/a/1.png", "Dev/a/1.png"}, "train/b/1.png"), none, "FOLDER/Dev and FOLDER/val are both for validation: put their pictures into one of them"},
		{"a fourth folder", []string{"train/a/1.png", "train/b/1.png", "test/a/1.png", "holdout/a/1.png"}, none,
			"FOLDER/holdout stands beside FOLDER/train, but is named neither val, valid, validation, dev nor test, testing: rename it or move it away"},
		{"nothing to train on", []string{"Val/a/1.png", "Test/b/1.png"}, none, `FOLDER has folders for validation or the test, but none named "train" with a folder for each class in it`},
		{"a class that is a dangling link", good, func(dir string) error { return os.Symlink("/nowhere", filepath.Join(dir, "emu")) },
			"FOLDER/emu is a link to /nowhere, which does not exist: put it there or delete the link"},
		{"a name that is not UTF-8", append(series("caf\xe9", 5), good...), none, `the folder "FOLDER/caf\xe9" cannot name a class: the name "caf\xe9" is not UTF-8; rename it`},
		{"a name that turns a terminal", append(series("a\x1b[2J", 5), good...), none, `the folder "FOLDER/a\x1b[2J" cannot name a class: the name "a\x1b[2J" holds the character U+001B, which cannot be shown; rename it`},
		{"a name that turns writing", append(series("a\u202eb", 5), good...), none, `the folder "FOLDER/a\u202eb" cannot name a class: the name "a\u202eb" holds the character U+202E, which cannot be shown; rename it`},
		{"a file of 0 bytes", good, file("cat/001.png", ""), "FOLDER/cat/001.png is not a picture that can be read"},
		{"two unreadable ones", []string{"train/cat/1.png", "train/dog/1.png", "test/cat/1.png"}, func(dir string) error {
			return errors.Join(file("train/cat/1.png", "")(dir), file("test/cat/1.png", "")(dir))
		}, "FOLDER/train/cat/1.png is not a picture that can be read: it is empty\nFOLDER/test/cat/1.png"},
		{"a folder in a class", good, folder("cat/kittens"), `FOLDER/cat/kittens is a folder where the pictures of the class "cat" should be: move its pictures to FOLDER/cat, or name FOLDER/cat instead of FOLDER if its folders are the classes`},
		{"test classes that training lacks", []string{"train/a/1.png", "train/b/1.png", "test/c/1.png"}, none,
			`FOLDER/test/c/1.png is of the class "c", which has no pictures to train on: the folders for training are a, b`},
		{"test pictures without classes", []string{"train/a/1.png", "train/b/1.png", "test/1.png"}, none,
			"FOLDER/test holds no folders of classes: put the pictures into a folder for each class, or delete FOLDER/test"},
		{"too few for a test", append(series("cat", 1), good[5:]...), none,
			`data.test: a share of 0.2 leaves 0 of the 1 pictures of class "cat" for the test and 1 for training; both need at least one`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			writePictures(t, dir, test.paths...)
			if err := test.change(dir); err != nil {
				t.Fatal(err)
			}
			dataset, err := Open(t.Context(), dir, options())
			if message := strings.ReplaceAll(fmt.Sprint(err), dir, "FOLDER"); dataset != nil || !strings.HasPrefix(message, test.want) {
				t.Errorf("error %s\nwant %s", message, test.want)
			}
		})
	}
}

// TestOpenRemarks on what was passed over and on pictures that are trained on and
// tested, in classes whose names hold a joiner and spaces beyond ASCII.
func TestOpenRemarks(t *testing.T) {
	dir := t.TempDir()
	writePictures(t, dir, "train/گربه\u200cها/1.png", "train/no\u00a0break/1.png", "train/🐈\u200d⬛\u3000角/1.png", "test/no\u00a0break/2.png")
	for name, copied := range map[string]string{"test/no\u00a0break/3.png": "train/🐈\u200d⬛\u3000角/1.png", "train/beside.png": "test/no\u00a0break/2.png"} {
		content, err := os.ReadFile(filepath.Join(dir, copied))
		if err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), content, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	got := open(t, dir, options())
	if diff := cmp.Diff([]string{"no\u00a0break", "گربه\u200cها", "🐈\u200d⬛\u3000角"}, got.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	want := []string{
		"passed over FOLDER/train/beside.png: it is hidden, no picture, or in no class's folder",
		"1 of the pictures for validation and the test are also trained on, such as FOLDER/test/no\u00a0break/3.png and FOLDER/train/🐈\u200d⬛\u3000角/1.png: their figures say little",
	}
	if diff := cmp.Diff(want, strings.Split(strings.ReplaceAll(strings.Join(got.Remarks, "|"), dir, "FOLDER"), "|")); diff != "" {
		t.Errorf("remarks (-want +got):\n%s", diff)
	}
}

// TestOpenUnlabeled takes pictures without folders of classes, and of one class.
func TestOpenUnlabeled(t *testing.T) {
	for _, folder := range []string{".", "cat"} {
		dir := t.TempDir()
		writePictures(t, dir, series(folder, 10)...)
		o := options()
		o.Unlabeled = true
		if got := open(t, dir, o); got.Train.Len() != 8 || got.Test.Len() != 2 || len(got.Classes) != 1 {
			t.Errorf("pictures in %s: %+v", folder, got)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	writePictures(b, dir, append(series("a", 500), series("b", 500)...)...)
	for b.Loop() {
		open(b, dir, options())
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}
