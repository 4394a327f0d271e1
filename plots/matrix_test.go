package plots

import (
	"image/color"
	"math"
	"testing"
)

// luminance is WCAG 2's relative luminance
// (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
func luminance(c color.Color) float64 {
	linear := func(channel uint32) float64 {
		if v := float64(channel) / 0xFFFF; v > 0.04045 {
			return math.Pow((v+0.055)/1.055, 2.4)
		}
		return float64(channel) / 0xFFFF / 12.92
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// TestTextIsReadableOnEveryCell asks for WCAG 2's contrast of 4.5 to 1 for
// normal text (https://www.w3.org/TR/WCAG22/#contrast-minimum), and that cells darken
// with their share.
func TestTextIsReadableOnEveryCell(t *testing.T) {
	const wanted = 4.5
	for i := range 1001 {
		share := float64(i) / 1000
		a, b := luminance(shade(share)), luminance(inkOn(share))
		if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); contrast < wanted {
			t.Errorf("contrast on a share of %.3f is %.2f, want at least %.1f", share, contrast, wanted)
		}
		if i%10 == 0 && i > 0 && a >= luminance(shade(share-0.01)) {
			t.Errorf("a share of %.3f is no darker than one of 0.01 less", share)
		}
	}
}
