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
		remedy  = "; download http://PORT/cifar.tar.gz, unpack it into FOLDER or name its folder with -data; " +
			"or set data.if_missing to sample to train on built-in images"
	)
	for _, test := range []struct {
		name        string
		source      Source
		reason, err string
	}{
		{"sample", Source{Sample: true}, "the config asks for it (data.source: sample)", ""},
		{"sample before all else", Source{Sample: true, Download: true, Fallback: true}, "the config asks for it (data.source: sample)", ""},
		{"offline, sample", Source{Fallback: true}, offline, ""},
		{"offline, fail", Source{}, "", offline + remedy},
		{"unreachable, sample", Source{Download: true, Fallback: true}, refused, ""},
		{"unreachable, fail", Source{Download: true}, "", refused + remedy},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, port := filepath.Join(t.TempDir(), "data"), closedPort(t)
			source := test.source
			source.Dir, source.URL = dir, "http://"+port+"/cifar.tar.gz"
			dataset, reason, err := source.open(t.Context(), nil)
			if dataset != nil {
				t.Errorf("got the dataset %q", dataset.Name)
			}
			place := strings.NewReplacer("FOLDER", dir, "PORT", port)
			if diff := cmp.Diff(place.Replace(test.reason), reason); diff != "" {
				t.Errorf("reason (-want +got):\n%s", diff)
			}
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff(place.Replace(test.err), message); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpenDrawsTheSample(t *testing.T) {
	dir, port := t.TempDir(), closedPort(t)
	source := Source{Dir: dir, URL: "http://" + port + "/cifar.tar.gz", Download: true, Fallback: true}
	dataset, err := Open(t.Context(), source, nil)
	if err != nil {
		t.Fatal(err)
	}
	if dataset.Name != sample.Name || dataset.Train.Len() != 50_000 || dataset.Test.Len() != 10_000 {
		t.Errorf("got %q with %d and %d images", dataset.Name, dataset.Train.Len(), dataset.Test.Len())
	}
	if !strings.Contains(dataset.StandsInBecause, "dial tcp "+port) {
		t.Errorf("stands in because %q, which does not tell the network's fault", dataset.StandsInBecause)
	}
}

// What is wrong with the source, and can be put right, is no reason to train
// on other images.
func TestOpenRefuses(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	file := filepath.Join(t.TempDir(), "data")
	writeFile(t, file, nil)
	address := "http://" + closedPort(t) + "/cifar.tar.gz"

	_, err := Open(cancelled, Source{Dir: t.TempDir(), URL: address, Download: true, Fallback: true}, nil)
	wantError(t, err, context.Canceled, address)
	_, err = Open(t.Context(), Source{Dir: file, URL: address, Download: true, Fallback: true}, nil)
	wantError(t, err, nil, file+" is a file, not a folder")
	_, err = Open(t.Context(), Source{Dir: t.TempDir(), URL: "cifar.tar.gz", Download: true, Fallback: true}, nil)
	wantError(t, err, nil, "is no web address")
}

func TestOpenDamagedNeverFallsBack(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "data_batch_1.bin"), []byte{3})
	source := Source{Dir: dir, URL: "http://" + closedPort(t) + "/cifar.tar.gz", Download: true, Fallback: true}
	dataset, err := Open(t.Context(), source, nil)
	if dataset != nil || err == nil {
		t.Fatalf("got a dataset and the error %v", err)
	}
	for _, words := range []string{
		"data_batch_1.bin: byte 1: the file ends here, 30729999 bytes short of the 30730000 of its 10000 records\n",
		"data_batch_2.bin is missing\n",
		"test_batch.bin is missing; unpack the archive again or delete the folder to have it fetched",
	} {
		if strings.Count(err.Error(), words) != 1 {
			t.Errorf("error %q does not say %q once", err, words)
		}
	}
}

func TestWarning(t *testing.T) {
	source := Source{Dir: "data", URL: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", Fallback: true}
	drawn := source
	drawn.Sample = true
	for _, test := range []struct {
		name, reason string
		source       Source
		want         string
	}{
		{"CIFAR-10", "", source, ""},
		{"asked for", "the config asks for it (data.source: sample)", drawn,
			"These images are not CIFAR-10 but a sample the program draws itself: " +
				"the config asks for it (data.source: sample). For the real data, set data.source to cifar10."},
		{"missing", "data does not hold CIFAR-10 and data.download is false", source,
			"These images are not CIFAR-10 but a sample the program draws itself: " +
				"data does not hold CIFAR-10 and data.download is false. For the real data, " +
				"download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz, unpack it into data or name its folder with -data."},
	} {
		dataset := &loaders.Dataset{StandsInBecause: test.reason}
		if diff := cmp.Diff(test.want, Warning(dataset, test.source)); diff != "" {
			t.Errorf("%s: warning (-want +got):\n%s", test.name, diff)
		}
	}
}
