package plots

import "testing"

// TestTextIsReadableOnEveryCell asks for WCAG 2's contrast of 4.5 to 1 for
// normal text (https://www.w3.org/TR/WCAG22/#contrast-minimum), and that cells darken
// with their share.
func TestTextIsReadableOnEveryCell(t *testing.T) {
	const wanted = 4.5
	colors := must(shareColors())
	for i := range 1001 {
		cell := shareColor(colors, float64(i)/1000)
		a, b := luminance(cell), luminance(inkOn(cell))
		if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); contrast < wanted {
			t.Errorf("contrast on a share of %.1f%% is %.2f, want at least %.1f", float64(i)/10, contrast, wanted)
		}
		if i%10 == 0 && i > 0 && luminance(cell) >= luminance(shareColor(colors, float64(i-10)/1000)) {
			t.Errorf("a share of %.1f%% is no darker than one of %.1f%%", float64(i)/10, float64(i-10)/10)
		}
	}
}
