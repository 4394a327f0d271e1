package sources

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
	"cifartrain/loaders/sample"
)

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// wantError fails unless err says words; it must be the context's where kind is.
func wantError(t *testing.T, err, kind error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) || errors.Is(err, context.Canceled) != (kind != nil) {
		t.Errorf("error %v, want one that says %q", err, words)
	}
}

// closedPort is an address of this machine at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// What Open does without CIFAR-10; in the texts FOLDER is the source's folder
// and PORT an address that refuses connections.
func TestOpenWithoutCIFAR10(t *testing.T) {
	const (
		refused = "FOLDER does not hold CIFAR-10 and it could not be fetched: fetching http://PORT/cifar.tar.gz: " +
			"the download failed: dial tcp PORT: connect: connection refused"
		offline = "FOLDER does not hold CIFAR-10 and data.download is false"
		remedy  = "; download http://PORT/cifar.tar.gz, unpack it into FOLDER or name its folder with -data"
		forms   = "; name a folder that holds CIFAR-10 as cifar-10-batches-bin, cifar-10-batches-py, cifar-10-binary.tar.gz or cifar-10-python.tar.gz"
	)
	for _, test := range []struct {
		name        string
		source      Source
		files       []string // in the folder; nil for no folder
		reason, err string
	}{
		{"sample", Source{Kind: Sample}, nil, "the config asks for it (data.source: sample)", ""},
		{"sample before all else", Source{Kind: Sample, Download: true, Fallback: true, Named: true}, nil, "the config asks for it (data.source: sample)", ""},
		{"offline, sample", Source{Kind: CIFAR10, Fallback: true}, nil, offline, ""},
		{"offline, fail", Source{Kind: CIFAR10}, nil, "", offline + remedy},
		{"unreachable, sample", Source{Kind: CIFAR10, Download: true, Fallback: true}, nil, refused, ""},
		{"unreachable, fail", Source{Kind: CIFAR10, Download: true}, nil, "", refused + remedy},
		{"other things, sample", Source{Kind: CIFAR10, Fallback: true}, []string{"photos.zip"}, offline, ""},
		{"named and not there", Source{Kind: CIFAR10, Download: true, Fallback: true, Named: true}, nil, "", "FOLDER does not exist" + forms},
		{"named, with other things", Source{Kind: CIFAR10, Download: true, Fallback: true, Named: true}, []string{"a", "b", "c", "d", "e", "f", "g", ".hidden"}, "",
			"FOLDER holds other things: a, b, c, d, e and 2 more" + forms},
		{"named and empty", Source{Kind: CIFAR10, Download: true, Fallback: true, Named: true}, []string{}, "", refused + remedy},
		{"CIFAR-100", Source{Kind: CIFAR100, Fallback: true}, nil, "", "FOLDER does not hold CIFAR-100 and data.download is false" + remedy},
		{"MNIST", Source{Kind: MNIST, Download: true, Fallback: true}, nil, "",
			"FOLDER does not hold MNIST; put it there as MNIST/raw/train-images-idx3-ubyte and its three companions, also with .gz, where torchvision leaves it, or name its folder with -data"},
		{"Fashion-MNIST, named", Source{Kind: Fashion, Named: true}, []string{"MNIST"}, "",
			"FOLDER holds other things: MNIST; name a folder that holds Fashion-MNIST as FashionMNIST/raw/train-images-idx3-ubyte and its three companions, also with .gz"},
		{"pictures", Source{Kind: Folder, Size: 8, Test: 0.2, Fallback: true}, nil, "", "there is no folder FOLDER; name the folder of the pictures with -data or data.dir"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, port := filepath.Join(t.TempDir(), "data"), closedPort(t)
			if test.files != nil {
				os.Mkdir(dir, 0o777)
			}
			for _, name := range test.files {
				writeFile(t, filepath.Join(dir, name), nil)
			}
			source := test.source
			source.Dir, source.URL = dir, "http://"+port+"/cifar.tar.gz"
			dataset, err := Open(t.Context(), source, nil)
			place := strings.NewReplacer("FOLDER", dir, "PORT", port)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff(place.Replace(test.err), message); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if (dataset != nil) != (test.reason != "") {
				t.Fatalf("there is a dataset: %v", dataset != nil)
			}
			if dataset == nil {
				return
			}
			if diff := cmp.Diff(place.Replace(test.reason), dataset.StandsInBecause); diff != "" || dataset.Name != sample.Name {
				t.Errorf("%s stands in because (-want +got):\n%s", dataset.Name, diff)
			}
			instead := strings.TrimPrefix(remedy, "; ")
			if source.Kind == Sample {
				instead = "set data.source to cifar10"
			}
			want := "These images are not CIFAR-10 but a sample that the program draws itself: " + test.reason + ". For the real data, " + instead + "."
			if diff := cmp.Diff(place.Replace(want), Warning(dataset, source)); diff != "" {
				t.Errorf("warning (-want +got):\n%s", diff)
			}
			if warning := Warning(&loaders.Dataset{}, source); warning != "" {
				t.Errorf("of real data it warns %q", warning)
			}
		})
	}
}

// A folder that cannot be made is a reason to use the sample.
func TestOpenWhereNothingCanBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o555); err != nil {
		t.Fatal(err)
	}
	source := Source{Kind: CIFAR10, Dir: filepath.Join(parent, "data"), URL: "http://" + closedPort(t) + "/cifar.tar.gz", Download: true, Fallback: true}
	dataset, err := Open(t.Context(), source, nil)
	if err != nil || !strings.Contains(dataset.StandsInBecause, "permission denied") {
		t.Errorf("error %v, want the sample for want of a permission", err)
	}
}

// What is wrong with the source, and can be put right, is no reason to train
// on other images.
func TestOpenRefuses(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	file := filepath.Join(t.TempDir(), "data")
	writeFile(t, file, nil)
	address := "http://" + closedPort(t) + "/cifar.tar.gz"

	_, err := Open(canceled, Source{Kind: CIFAR10, Dir: t.TempDir(), URL: address, Download: true, Fallback: true}, nil)
	wantError(t, err, context.Canceled, address)
	_, err = Open(t.Context(), Source{Kind: CIFAR10, Dir: file, URL: address, Download: true, Fallback: true}, nil)
	wantError(t, err, nil, file+" is a file, not a folder")
	for _, test := range [][2]string{{CIFAR10}, {MNIST}, {Folder}, {CIFAR10, "cifar-10-batches-py"}, {CIFAR100, "cifar-100-binary"}, {MNIST, "MNIST"}} {
		dir := filepath.Join(t.TempDir(), "link")
		link := filepath.Join(dir, test[1])
		if err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o777), os.Symlink("nowhere", link)); err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), Source{Kind: test[0], Dir: dir, Named: true}, nil)
		wantError(t, err, nil, link+" is a link to nowhere, which does not exist: put it there or delete the link")
	}
	damaged := t.TempDir()
	writeFile(t, filepath.Join(damaged, "data_batch_1.bin"), []byte{3})
	_, err = Open(t.Context(), Source{Kind: CIFAR10, Dir: damaged, URL: address, Download: true, Fallback: true}, nil)
	wantError(t, err, nil, "test_batch.bin is missing; unpack the archive again there, or name another folder")
}
