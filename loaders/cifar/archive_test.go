package cifar

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// gzipped compresses what write writes. It panics at a mistake in the test.
func gzipped(write func(io.Writer) error) []byte {
	var packed bytes.Buffer
	zipped := must(gzip.NewWriterLevel(&packed, gzip.BestSpeed))
	if err := errors.Join(write(zipped), zipped.Close()); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

// pack makes a gzip-compressed tar archive.
func pack(entries ...entry) []byte {
	return gzipped(func(w io.Writer) error {
		writer := tar.NewWriter(w)
		for _, e := range entries {
			if err := writer.WriteHeader(&e.header); err != nil {
				return err
			}
			must(writer.Write(e.content))
		}
		return writer.Close()
	})
}

// packFolder makes an archive of a folder with files in it.
func packFolder(folder string, files map[string][]byte) []byte {
	entries := []entry{folderEntry(folder + "/")}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		entries = append(entries, fileEntry(folder+"/"+name, files[name]))
	}
	return pack(entries...)
}

// TestUnpack unpacks hostile archives beside a sound file: only the files of
// the version's folder come out, and nothing lies outside the folder.
func TestUnpack(t *testing.T) {
	sound := fileEntry("cifar-10-batches-bin/data_batch_1.bin", []byte("pixels"))
	for _, test := range []struct {
		name  string
		entry entry
	}{
		{"path upwards", fileEntry("../data_batch_2.bin", nil)},
		{"path upwards through the folder", fileEntry("cifar-10-batches-bin/../../cifar-10-batches-bin/data_batch_2.bin", nil)},
		{"absolute path", fileEntry("/cifar-10-batches-bin/data_batch_2.bin", nil)},
		{"another folder", fileEntry("a/cifar-10-batches-bin/data_batch_2.bin", nil)},
		{"another file", fileEntry("cifar-10-batches-bin/.bashrc", []byte("evil"))},
		{"symbolic link", linkEntry(tar.TypeSymlink, "cifar-10-batches-bin/data_batch_2.bin", "/etc/passwd")},
		{"hard link", linkEntry(tar.TypeLink, "cifar-10-batches-bin/data_batch_2.bin", "/etc/passwd")},
		{"pipe", entry{tar.Header{Typeflag: tar.TypeFifo, Name: "cifar-10-batches-bin/data_batch_2.bin"}, nil}},
		{"folder", folderEntry("cifar-10-batches-bin/data_batch_2.bin")},
	} {
		t.Run(test.name, func(t *testing.T) {
			outside := t.TempDir()
			inside := filepath.Join(outside, "inside")
			if err := Ten.unpack(t.Context(), Ten.versions[0], bytes.NewReader(pack(sound, test.entry)), inside); err != nil {
				t.Fatal(err)
			}
			wantFiles(t, outside, "inside")
			wantFiles(t, inside, "data_batch_1.bin")
			if got := must(os.ReadFile(filepath.Join(inside, "data_batch_1.bin"))); string(got) != "pixels" {
				t.Errorf("the file holds %q", got)
			}
		})
	}
}

// TestOpenArchiveFaults opens damaged archives.
func TestOpenArchiveFaults(t *testing.T) {
	records := randomRecords(1, 9)
	file := func(name string, at int) entry {
		return fileEntry("cifar-10-batches-bin/"+name, records[at*3*recordSize:(at+1)*3*recordSize])
	}
	sound := pack(file("data_batch_1.bin", 0), file("data_batch_2.bin", 1), file("test_batch.bin", 2))
	for _, test := range []struct {
		name    string
		archive []byte
		words   string
	}{
		{"empty", nil, "it ends too early"},
		{"cut short", sound[:len(sound)-2000], "test_batch.bin: byte "},
		{"no gzip", []byte("PK\x03\x04 is how a zip file begins"), "gzip: invalid header"},
		{"no tar", gzipped(func(w io.Writer) error {
			_, err := w.Write(bytes.Repeat([]byte("no tar"), 200))
			return err
		}), "tar: invalid tar header"},
		{"wrong sum", pack(file("data_batch_1.bin", 1), file("data_batch_2.bin", 1), file("test_batch.bin", 2)), "data_batch_1.bin: byte 0: the SHA-256 of its images is"},
		{"file missing", pack(file("data_batch_1.bin", 0), file("test_batch.bin", 2)), "data_batch_2.bin is missing"},
		{"sparse", must(os.ReadFile("testdata/sparse.tar.gz")), "has 1099511627776 bytes, more than allowed"},
		{"headers without end", pack(slices.Repeat([]entry{{tar.Header{Typeflag: tar.TypeReg, Name: "a",
			PAXRecords: map[string]string{"TEST.padding": strings.Repeat("x", 1<<20-100)}}, nil}}, 257)...), "it ends too early"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cifar-10-binary.tar.gz")
			writeFile(t, path, test.archive)
			_, err := small(records).Open(t.Context(), filepath.Dir(path))
			if !errors.Is(err, errDamaged) || !strings.HasPrefix(fmt.Sprint(err), path+": ") || !strings.Contains(err.Error(), test.words) ||
				!strings.HasSuffix(err.Error(), "; delete it to have it fetched again") {
				t.Errorf("error %v, want one of %s that says %q and the remedy", err, path, test.words)
			}
		})
	}
}

// TestArchiveSum reads CIFAR-100's archive, whose files have no sums.
func TestArchiveSum(t *testing.T) {
	collection, files, _ := hundred()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "cifar-100-binary.tar.gz"), packFolder("cifar-100-binary", files))
	if _, err := collection.Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "its SHA-256 is ") {
		t.Errorf("error %v, want one of the sum", err)
	}
}

// wantFiles fails unless exactly these names are in dir.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries := must(os.ReadDir(dir))
	got := []string{}
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		t.Errorf("files in the folder (-want +got):\n%s", diff)
	}
}
