package runs

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"testing"
)

// TestMemoryIsRefused wants a run that cannot fit to be refused before it
// begins.
func TestMemoryIsRefused(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(512 << 20))
	s := onFewImages(t.TempDir(), 1)
	config, err := Load("autoencoder", []string{"data.source=sample", "train.epochs=1", "data.batch_size=32", "model.hidden=[20000]", "model.latent=4"})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Train(context.Background(), config)
	var wrong RequestError
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "of memory, but GOMEMLIMIT allows only 537 MB") {
		t.Errorf("a run that cannot fit: %v", err)
	}
	if folder := newestRun(t, s.Runs); folder != nil {
		t.Errorf("it left %s", folder.Path)
	}
}
