package runs

import (
	"context"
	"os"
	"testing"

	"cifartrain/internal/runfolder"
)

// TestResumeMakesWhatIsMissing takes each file that a finished run leaves away,
// once as if the run had been killed before it wrote that file and the summary,
// and once from a run that says it is finished.
func TestResumeMakesWhatIsMissing(t *testing.T) {
	s := onFewImages(t.TempDir(), 1)
	folder, err := trainFew(t, s, context.Background(), func() {}, "train.epochs=2")
	if err != nil {
		t.Fatal(err)
	}
	want := whole(t, "train.epochs=2")
	finished, err := folder.Summary()
	if err != nil || len(finished.Files) < 9 {
		t.Fatalf("the summary lists %v: %v", finished.Files, err)
	}
	for _, file := range finished.Files {
		for _, killed := range []bool{true, false} {
			if file == runfolder.ConfigFile || file == runfolder.SummaryFile && !killed {
				continue // without a config there is no run, and without a summary none that is finished
			}
			summary := *finished
			if summary.Status = runfolder.Training; !killed {
				summary.Status = runfolder.Finished
			}
			if err := folder.WriteSummary(&summary); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(folder.File(file)); err != nil {
				t.Fatal(err)
			}
			if _, _, err := resume(s, folder); err != nil {
				t.Fatalf("without %s: %v", file, err)
			}
			if now, err := folder.Summary(); err != nil || now.Status != runfolder.Finished || len(folder.Missing(finished)) > 0 {
				t.Errorf("without %s, resuming leaves %+v without %v: %v", file, now, folder.Missing(finished), err)
			}
		}
	}
	sameFiles(t, folder, want)
}
