package runs

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// TestOpenRefusesAnotherTask gives a classifier's run the summary of a model that
// restores, as if somebody had copied files from one run folder to another.
func TestOpenRefusesAnotherTask(t *testing.T) {
	session := onSample(t)
	config, _ := parts(t, "train.epochs=1")
	if err := session.Train(context.Background(), config); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(session.Runs, "svm", "latest")
	saved, err := session.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	saved.Summary.Task = metrics.Restore
	if err := saved.Folder.WriteSummary(saved.Summary); err != nil {
		t.Fatal(err)
	}
	_, err = session.Open(path, nil)
	if err == nil || !strings.Contains(err.Error(), `the task "restore", but the linear_svm that `+runfolder.ConfigFile) {
		t.Errorf("the error is %v", err)
	}
}
