package reports

import (
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// TestChangesOneAtATime wants the answers to say what each change does on its own,
// and wants settings to be named by their change.
func TestChangesOneAtATime(t *testing.T) {
	keys, first := []string{"optimizer.momentum", "data.flip"}, []string{"0", "false"}
	sweep := &Sweep{Name: "tweaks", Keys: keys, Drawn: make([]bool, 2), OneAtATime: true}
	for _, one := range []struct {
		values []string
		loss   float64
	}{{first, 0.5}, {[]string{"0.9", "false"}, 0.4}, {[]string{"0", "true"}, 0.501}} {
		folder := finishedRun(t, "tweaks", 1, func(s *runfolder.Summary) { s.Best.ValidationLoss = one.loss })
		sweep.Settings = append(sweep.Settings, NewSetting(ChangeLabel(keys, one.values, first), one.values, []*runfolder.Folder{folder}))
	}
	sweep.Sort()
	answers := strings.Join(sweep.Answers(), "\n")
	for _, want := range []string{
		"The best of 3 settings is momentum=0.9: validation loss 0.4000", "With no change, the validation loss is 0.5000",
		"Better: momentum=0.9 (−0.1000 ± 0.005000).", "Too close to no change to tell: flip=true (+0.001000 ± 0.005010).",
	} {
		if !strings.Contains(answers, want) {
			t.Errorf("the answers do not say %q:\n%s", want, answers)
		}
	}
	if got := sweep.Cells(3)[2][1]; got != "no change" {
		t.Errorf("the second setting is named %q", got)
	}
}

// TestSigned wants a true minus sign, and no sign before 0.
func TestSigned(t *testing.T) {
	for difference, want := range map[float64]string{0.092: "+9.2", -0.005: "−0.5", 0.0004: "0.0", -0.0004: "0.0", 0: "0.0"} {
		if got := signed(difference); got != want {
			t.Errorf("%g: %q, want %q", difference, got, want)
		}
	}
}

// TestBlur wants a sentence on how much detail reconstructions keep, beside that of
// principal components, and none about runs that were not measured.
func TestBlur(t *testing.T) {
	if got := blur(new(runfolder.Summary)); got != "" {
		t.Errorf("without figures it says %q", got)
	}
	for name, want := range map[string]string{"blurred": "they are blurred. They keep 90.0% of the differences from one block of 4 × 4 pixels to the next, and 20.0% of those within a block", "sharp": "they keep fine detail as well as coarse. They"} {
		s := &runfolder.Summary{Detail: detailOf(0.9, 0.2), PCADetail: detailOf(0.8, 0.1)}
		if name == "sharp" {
			s.Detail.FineKept = 0.88
		}
		if got := blur(s); !strings.Contains(got, want) || !strings.Contains(got, "For as many principal components these figures are 80.0%, 10.0% and 50.0%.") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func detailOf(coarse, fine float64) *metrics.Detail {
	return &metrics.Detail{Block: 4, CoarseKept: coarse, FineKept: fine, FineShare: 0.5}
}
