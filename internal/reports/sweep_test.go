package reports

import (
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
)

// sweepOf is a sweep of which each setting has a loss for each seed.
func sweepOf(t *testing.T, oneAtATime bool, losses map[string][]float64) *Results {
	t.Helper()
	keys, first := []string{"optimizer.momentum"}, []string{"0"}
	sweep := &Results{Name: "tweaks", Keys: keys, OneAtATime: oneAtATime}
	for value, seeds := range losses {
		var folders []*runfolder.Folder
		for i, loss := range seeds {
			folders = append(folders, finishedRun(t, "tweaks", uint64(i+1), func(s *runfolder.Summary) { s.Best.ValidationLoss = loss }))
		}
		label := SettingLabel(keys, []string{value})
		if oneAtATime {
			label = ChangeLabel(keys, []string{value}, first)
		}
		sweep.Contenders = append(sweep.Contenders, NewContender(label, []string{value}, folders))
	}
	sweep.Sort()
	return sweep
}

// TestSweepAnswers wants settings to be called worse, and changes better, only
// beyond chance.
func TestSweepAnswers(t *testing.T) {
	clear := map[string][]float64{"0": {0.5, 0.6, 0.7}, "0.9": {0.4, 0.5001, 0.6}, "0.5": {0.45, 0.58, 0.71}}
	for _, test := range []struct {
		name       string
		oneAtATime bool
		losses     map[string][]float64
		says       []string
	}{
		{"changes over seeds", true, clear, []string{"momentum=0.9 comes first of 3 settings: validation loss 0.5000 ± 0.1000", "With no change, the validation loss is 0.6000 ± 0.1000.",
			"Better: momentum=0.9 (−0.09997 ± 0.00014).", "No clear difference: momentum=0.5 (−0.02000 ± 0.07452)."}},
		{"changes of single runs", true, map[string][]float64{"0": {0.5}, "0.9": {0.4}}, []string{"Difference to no change: momentum=0.9 (−0.1000).", "another seed changes the figures too"}},
		{"settings over seeds", false, clear, []string{"Worse beyond chance: 1 of the 2 other settings"}},
		{"settings of single runs", false, map[string][]float64{"0": {0.5}, "0.9": {0.4}}, []string{"momentum=0.9 comes first of 2 settings", "another seed changes the figures too"}},
	} {
		answers := strings.Join(sweepOf(t, test.oneAtATime, test.losses).Answers(), "\n")
		for _, want := range test.says {
			if !strings.Contains(answers, want) {
				t.Errorf("%s: the answers do not say %q:\n%s", test.name, want, answers)
			}
		}
	}
}

// TestTablesAlign wants decimal points below each other, and a key's value in a
// column of its own.
func TestTablesAlign(t *testing.T) {
	rows := sweepOf(t, false, map[string][]float64{"0": {0.5}, "0.9": {0.04}}).table(create(t)).Rows
	if got := strings.Join(rows[0], "|"); !strings.HasPrefix(got, "run|momentum|seed|training|validation|test") {
		t.Errorf("the head is %q", got)
	}
	if first, second := rows[1], rows[2]; first[1] != "0.9" || second[1] != "0"+figureSpace+figureSpace || first[4] != "0.04000" || second[4] != "0.5000"+figureSpace {
		t.Errorf("the rows are %q and %q", first, second)
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

// TestCSVHoldsNoFormula wants an apostrophe before what a spreadsheet would compute, and none before a number.
func TestCSVHoldsNoFormula(t *testing.T) {
	var out strings.Builder
	err := WriteCSV(&out, [][]string{{"=a", "+a", "-a", "@a", "\ta", "-0.5", "a=", ""}})
	if want := "'=a,'+a,'-a,'@a,'\ta,-0.5,a=,\n"; err != nil || out.String() != want {
		t.Errorf("%q, want %q: %v", out.String(), want, err)
	}
}
