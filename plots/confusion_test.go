package plots

import (
	"math"
	"testing"

	"cifartrain/metrics"
)

func TestFirstClassIsTheTopRow(t *testing.T) {
	shares := rowShares{&metrics.Confusion{
		Classes: []string{"frog", "horse"},
		Counts:  [][]int{{3, 1}, {0, 0}},
	}}
	if got := shares.Z(0, 1); got != 0.75 {
		t.Errorf("share of frogs taken for frogs is %g, want 0.75", got)
	}
	if got := shares.Z(1, 0); !math.IsNaN(got) {
		t.Errorf("share in a row without images is %g, want NaN", got)
	}
}

// TestTextIsReadableOnEveryCell asks for WCAG 2's contrast of 4.5 to 1 for
// normal text (https://www.w3.org/TR/WCAG22/#contrast-minimum).
func TestTextIsReadableOnEveryCell(t *testing.T) {
	const wanted = 4.5
	colors, err := shareColors()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1001 {
		cell := shareColor(colors, float64(i)/1000)
		a, b := luminance(cell), luminance(inkOn(cell))
		if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); contrast < wanted {
			t.Errorf("contrast on a share of %.1f%% is %.2f, want at least %.1f", float64(i)/10, contrast, wanted)
		}
	}
}

func TestColorsDarkenWithTheShare(t *testing.T) {
	colors, err := shareColors()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		less, more := shareColor(colors, float64(i)/100), shareColor(colors, float64(i+1)/100)
		if luminance(more) >= luminance(less) {
			t.Errorf("a share of %d%% is no darker than one of %d%%", i+1, i)
		}
	}
}
