package cifar

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An entry is one member of an archive made in a test.
type entry struct {
	header  tar.Header
	content []byte
}

func fileEntry(name string, content []byte) entry {
	return entry{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content))}, content}
}

func folderEntry(name string) entry {
	return entry{tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}, nil}
}

func linkEntry(kind byte, name, target string) entry {
	return entry{tar.Header{Typeflag: kind, Name: name, Linkname: target}, nil}
}

// pack makes a gzip-compressed tar archive. It panics at an entry that has no
// form in tar, which is a mistake in the test.
func pack(entries ...entry) []byte {
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	writer := tar.NewWriter(zipped)
	for _, e := range entries {
		if err := writer.WriteHeader(&e.header); err != nil {
			panic(err)
		}
		if _, err := writer.Write(e.content); err != nil {
			panic(err)
		}
	}
	if err := errors.Join(writer.Close(), zipped.Close()); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

// smallLimits make the bounds cheap to reach.
var smallLimits = archiveLimits{archive: 1 << 20, entries: 4, binary: 1000, other: 100, total: 20_000, name: 100}

// unpackInto unpacks into the folder "inside" of a new folder and returns the
// paths, sizes and kinds of all that is in the new folder then.
func unpackInto(t *testing.T, archive []byte, limits archiveLimits) (map[string]int64, error) {
	t.Helper()
	outside := t.TempDir()
	inside := filepath.Join(outside, "inside")
	if err := os.Mkdir(inside, 0o777); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	fault := unpack(t.Context(), bytes.NewReader(archive), root, limits)

	found := map[string]int64{} // bytes of a file, -1 for a folder
	err = filepath.WalkDir(outside, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == outside || path == inside {
			return err
		}
		relative, err := filepath.Rel(inside, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		size := int64(-1)
		if !d.IsDir() {
			size = info.Size()
			if !info.Mode().IsRegular() {
				t.Errorf("%s is of mode %v", path, info.Mode())
			}
		}
		found[filepath.ToSlash(relative)] = size
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, fault
}

func TestUnpack(t *testing.T) {
	for _, test := range []struct {
		name    string
		entries []entry
		want    map[string]int64
	}{
		{"nothing", nil, map[string]int64{}},
		{"folder and files", []entry{folderEntry("f/"), fileEntry("f/a.bin", make([]byte, 1000)), fileEntry("f/b.txt", make([]byte, 100))},
			map[string]int64{"f": -1, "f/a.bin": 1000, "f/b.txt": 100}},
		{"folder not listed", []entry{fileEntry("f/g/a", []byte("a"))}, map[string]int64{"f": -1, "f/g": -1, "f/g/a": 1}},
		{"folder listed twice", []entry{folderEntry("f"), folderEntry("f/")}, map[string]int64{"f": -1}},
		{"from the current folder", []entry{folderEntry("./"), fileEntry("./f/a", nil)}, map[string]int64{"f": -1, "f/a": 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := unpackInto(t, pack(test.entries...), smallLimits)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("unpacked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnpackRefuses(t *testing.T) {
	manyHeaders := entry{tar.Header{Typeflag: tar.TypeReg, Name: "a",
		PAXRecords: map[string]string{"TEST.padding": strings.Repeat("x", 30_000)}}, nil}
	for _, test := range []struct {
		name    string
		archive []byte
		words   string
	}{
		{"path upwards", pack(fileEntry("../evil", nil)), `entry "../evil" would lie outside`},
		{"path up and down", pack(fileEntry("f/../../evil", nil)), "would lie outside"},
		{"path upwards that ends inside", pack(fileEntry("f/../a", nil)), "would lie outside"},
		{"folder upwards", pack(folderEntry("../evil/")), "would lie outside"},
		{"backslashes upwards", pack(fileEntry(`f\..\..\evil`, nil)), "would lie outside"},
		{"absolute path", pack(fileEntry("/evil", nil)), `entry "/evil" would lie outside`},
		{"symbolic link", pack(linkEntry(tar.TypeSymlink, "a", "/etc/passwd")), `entry "a" is a link to "/etc/passwd"`},
		{"symbolic link, then through it", pack(linkEntry(tar.TypeSymlink, "f", ".."), fileEntry("f/evil", nil)), `entry "f" is a link to ".."`},
		{"hard link", pack(linkEntry(tar.TypeLink, "a", "../b")), `entry "a" is a link to "../b"`},
		{"device", pack(entry{tar.Header{Typeflag: tar.TypeChar, Name: "null"}, nil}), `entry "null" is neither a file nor a folder`},
		{"pipe", pack(entry{tar.Header{Typeflag: tar.TypeFifo, Name: "pipe"}, nil}), `entry "pipe" is neither`},
		{"file without a name", pack(fileEntry(".", nil)), "a file has no name"},
		{"long name", pack(fileEntry(strings.Repeat("n", 101), nil)), "a name of 101 bytes"},
		{"control characters", pack(fileEntry("../\x1b[2J", nil)), `entry "../\x1b[2J"`},
		{"same file twice", pack(fileEntry("a", nil), fileEntry("a", nil)), `entry "a" collides`},
		{"file, then inside it", pack(fileEntry("a", nil), fileEntry("a/b/c", nil)), `entry "a/b/c" collides with the file "a"`},
		{"file, then a folder", pack(fileEntry("a", nil), folderEntry("a")), `entry "a" collides`},
		{"folder, then a file", pack(folderEntry("a"), fileEntry("a", nil)), `entry "a" collides`},
		{"large .bin", pack(fileEntry("a.bin", make([]byte, 1001))), `entry "a.bin" has 1001 bytes, more than the 1000 allowed`},
		{"large other file", pack(fileEntry("a.txt", make([]byte, 101))), `entry "a.txt" has 101 bytes, more than the 100 allowed`},
		{"too many", pack(folderEntry("a"), folderEntry("b"), folderEntry("c"), folderEntry("d"), folderEntry("e")), "more than 4 files and folders"},
		{"headers without end", pack(manyHeaders), "go on beyond the bytes allowed"},
		{"cut short", pack(fileEntry("a.bin", make([]byte, 1000)))[:40], "it ends too early"},
		{"no gzip", []byte("PK\x03\x04 is how a zip file begins"), "gzip: invalid header"},
		{"no tar", gzipped(bytes.Repeat([]byte("no tar"), 200)), "tar: invalid tar header"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := unpackInto(t, test.archive, smallLimits)
			if !errors.Is(err, errDamaged) || !strings.Contains(err.Error(), test.words) {
				t.Errorf("error %v, want one that says %q", err, test.words)
			}
			for path := range found {
				if !filepath.IsLocal(path) {
					t.Errorf("%s was written", path)
				}
			}
		})
	}
}

func TestUnpackRefusesTooMuchInAll(t *testing.T) {
	limits := smallLimits
	limits.total = 2500
	_, err := unpackInto(t, pack(fileEntry("a.bin", make([]byte, 900)), fileEntry("b.bin", make([]byte, 900)), fileEntry("c.bin", make([]byte, 900))), limits)
	if !errors.Is(err, errDamaged) {
		t.Errorf("error %v", err)
	}
}

// The published archive's members, as bytes that compress well, must pass.
func TestPublishedLimits(t *testing.T) {
	room := publishedLimits.total
	names := 1
	for _, file := range append(append([]dataFile{}, trainFiles...), testFiles...) {
		size := int64(recordsPerFile * recordSize)
		if most := publishedLimits.fileSize(archiveFolder + "/" + file.name); size > most {
			t.Errorf("%s: %d bytes are more than the %d allowed", file.name, size, most)
		}
		room -= size
		names++
	}
	if room < 1<<20 || names+2 > publishedLimits.entries || publishedLimits.archive < 170_052_171 {
		t.Errorf("no room for the published archive in %+v", publishedLimits)
	}
}

func TestUnpackCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := unpack(ctx, bytes.NewReader(pack(fileEntry("a", nil))), root, smallLimits); !errors.Is(err, context.Canceled) || errors.Is(err, errDamaged) {
		t.Errorf("error %v, want the context's", err)
	}
}

// gzipped stores data as a gzip stream.
func gzipped(data []byte) []byte {
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.NoCompression)
	if err != nil {
		panic(err)
	}
	if _, err := writer.Write(data); err != nil {
		panic(err)
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

// gunzipped is the tar stream inside an archive made by pack.
func gunzipped(archive []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		panic(err)
	}
	data, err := io.ReadAll(reader)
	if err != nil {
		panic(err)
	}
	return data
}

// FuzzUnpack varies the tar stream, around which it puts sound gzip, and the
// gzip stream itself.
func FuzzUnpack(f *testing.F) {
	for _, archive := range [][]byte{
		pack(folderEntry("f/"), fileEntry("f/a.bin", []byte("pixels")), fileEntry("f/readme.html", []byte("<html>"))),
		pack(fileEntry("../evil", []byte("evil"))),
		pack(fileEntry("/evil", []byte("evil"))),
		pack(linkEntry(tar.TypeSymlink, "f", ".."), fileEntry("f/evil", []byte("evil"))),
		pack(linkEntry(tar.TypeLink, "a", "../inside"), fileEntry("a", []byte("evil"))),
		pack(fileEntry("a", nil), fileEntry("a/b", nil)),
		pack(entry{tar.Header{Typeflag: tar.TypeReg, Name: strings.Repeat("long/", 19) + "a", Format: tar.FormatPAX}, nil}),
	} {
		f.Add(false, archive)
		f.Add(true, gunzipped(archive))
	}
	f.Fuzz(func(t *testing.T, isTar bool, data []byte) {
		if isTar {
			data = gzipped(data)
		}
		found, err := unpackInto(t, data, smallLimits)
		if err != nil && !errors.Is(err, errDamaged) {
			// The operating system may refuse a name that the rules let
			// pass; nothing else is left to go wrong with this machine.
			var local *fs.PathError
			if !errors.As(err, &local) {
				t.Errorf("error %v is of no known kind", err)
			}
		}
		var total int64
		files := 0
		for path, size := range found {
			if !filepath.IsLocal(path) {
				t.Errorf("%s was written", path)
			}
			if size >= 0 {
				files++
				total += size
			}
			if size > smallLimits.fileSize(path) {
				t.Errorf("%s has %d bytes", path, size)
			}
		}
		if files > smallLimits.entries || total > smallLimits.total {
			t.Errorf("%d files, %d bytes in all", files, total)
		}
	})
}
