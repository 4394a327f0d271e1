package runs

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
)

// trained trains a shipped config with overrides and returns its folder and
// summary.
func trained(t *testing.T, config string, overrides ...string) (*runfolder.Folder, *runfolder.Summary) {
	t.Helper()
	session := &Session{Out: io.Discard, Err: io.Discard, Display: reports.NewDisplay(io.Discard, true), Runs: t.TempDir()}
	loaded, err := Load(config, overrides)
	if err != nil {
		t.Fatal(err)
	}
	folder, summary := trainedBy(t, session, loaded)
	if _, err := Load(folder.File(runfolder.ConfigFile), nil); err != nil {
		t.Errorf("the run's config cannot be loaded again: %v", err)
	}
	return folder, summary
}

// TestTrainOnIDX trains an SVM and an autoencoder on small idx files.
func TestTrainOnIDX(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 3))
	for name, count := range map[string]int{"train": 600, "t10k": 100} {
		images, labels := []byte{0, 0, 8, 3}, []byte{0, 0, 8, 1}
		for _, size := range []int{count, 8, 9} {
			images = binary.BigEndian.AppendUint32(images, uint32(size))
		}
		labels = binary.BigEndian.AppendUint32(labels, uint32(count))
		for i := range count {
			label := i % 10
			labels = append(labels, byte(label))
			for p := range 8 * 9 {
				value := random.IntN(100)
				if p%10 == label {
					value += 150
				}
				images = append(images, byte(value))
			}
		}
		for kind, content := range map[string][]byte{"images-idx3": images, "labels-idx1": labels} {
			if err := os.WriteFile(filepath.Join(dir, name+"-"+kind+"-ubyte"), content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	common := []string{"data.source=fashion_mnist", "data.dir=" + dir, "train.epochs=5"}
	folder, summary := trained(t, "svm", append(common, "data.normalize=null", "data.classes=[Bag, 0]", "optimizer.learning_rate=0.01")...)
	if summary.Dataset != "Fashion-MNIST" || !slices.Equal(summary.Shape, []int{1, 8, 9}) || !slices.Equal(summary.Classes, []string{"Bag", "T-shirt/top"}) || summary.Parameters != 73 {
		t.Errorf("the SVM had %s of shape %v, classes %v and %d parameters", summary.Dataset, summary.Shape, summary.Classes, summary.Parameters)
	}
	if *summary.Best.TestAccuracy < 0.95 || !folder.Has("weights.png") {
		t.Errorf("test accuracy %.2f, or no picture of the weights", *summary.Best.TestAccuracy)
	}
	folder, summary = trained(t, "autoencoder", append(common, "model.hidden=[16]", "model.latent=4", "data.center=true", "data.normalize={mean: [0.5], std: [0.5]}")...)
	if summary.Parameters != 2*72*16+16+72+2*16*4+4+16 || !folder.Has("reconstructions.png") {
		t.Errorf("the autoencoder has %d parameters, or no picture of reconstructions", summary.Parameters)
	}
}
