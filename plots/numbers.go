package plots

import (
	"fmt"
	"math"
	"strconv"
)

// Percent writes a share of 1 in percent with one decimal, as pictures and
// reports do: 84.8%.
func Percent(share float64) string { return fmt.Sprintf("%.1f%%", math.Round(1000*share)/10) }

// Loss writes a loss, or any number whose size is not known beforehand, with
// four significant digits: 0.01244, 12.35, 1.2e-07 only where zeros would fill
// the line. Whole numbers of more digits keep them all.
func Loss(value float64) string {
	magnitude := math.Abs(value)
	switch {
	case value == 0:
		return "0"
	case !(magnitude >= 1e-4 && magnitude < 1e6): // also NaN
		return strconv.FormatFloat(value, 'g', 4, 64)
	}
	decimals := 3 - int(math.Floor(math.Log10(magnitude)))
	return strconv.FormatFloat(value, 'f', max(0, decimals), 64)
}

// Thousands writes a whole number with a comma between groups of three digits.
func Thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
