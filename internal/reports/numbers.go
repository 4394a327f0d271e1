package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// Numbers are written in the same way everywhere: accuracies in percent with one
// decimal and losses with four significant digits, as in the pictures; means with
// their standard deviation after a ±, with as many decimals.

// optional writes a figure, or a dash if it is nil.
func optional(figure *float64, text func(float64) string) string {
	if figure == nil {
		return "–"
	}
	return text(*figure)
}

// points writes a difference of accuracies in percentage points, without a sign.
func points(difference float64) string {
	return fmt.Sprintf("%.1f points", 100*math.Abs(difference))
}

// signed writes a difference of accuracies in percentage points with its sign, or
// without a sign if it rounds to 0: +9.2, −0.5, 0.0.
func signed(difference float64) string {
	text := fmt.Sprintf("%.1f", 100*math.Abs(difference))
	switch {
	case text == "0.0":
		return text
	case difference < 0:
		return "−" + text
	}
	return "+" + text
}

// percentSpread writes the mean of accuracies, with the standard deviation if there
// are several.
func percentSpread(s metrics.Spread) string {
	if s.Runs < 2 {
		return plots.Percent(s.Mean)
	}
	return fmt.Sprintf("%.1f ± %.1f%%", 100*s.Mean, 100*s.Deviation)
}

// lossSpread writes the mean of losses, with the standard deviation if there are
// several.
func lossSpread(s metrics.Spread) string {
	mean := plots.Loss(s.Mean)
	if s.Runs < 2 {
		return mean
	}
	if strings.Contains(mean, "e") || s.Deviation == 0 {
		return mean + " ± " + plots.Loss(s.Deviation)
	}
	_, decimals, _ := strings.Cut(mean, ".")
	deviation := strconv.FormatFloat(s.Deviation, 'f', len(decimals), 64)
	if strings.Trim(deviation, "0.") == "" {
		deviation = fmt.Sprintf("%.1g", s.Deviation)
	}
	return mean + " ± " + deviation
}

// spreadText writes the figures of a task, accuracies or losses, with their
// spread.
func spreadText(task metrics.Task, s metrics.Spread) string {
	if task.Classifies() {
		return percentSpread(s)
	}
	return lossSpread(s)
}

// times writes a ratio in a sentence.
func times(ratio float64) string { return ratioText(ratio) + " times" }

// ratioText writes a ratio with two decimals, or with two significant digits if it
// is so small that two decimals would leave hardly any.
func ratioText(ratio float64) string {
	if ratio > 0 && ratio < 0.1 {
		return fmt.Sprintf("%.2g", ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}

// Duration is a time in seconds as a person writes it: 0.42 s, 12.3 s, 3 min
// 20 s, 1 h 5 min.
func Duration(seconds float64) string {
	whole := int(seconds + 0.5)
	switch {
	case seconds < 0.995:
		return fmt.Sprintf("%.2f s", seconds)
	case seconds < 59.95:
		return fmt.Sprintf("%.1f s", seconds)
	case whole < 3600:
		return fmt.Sprintf("%d min %d s", whole/60, whole%60)
	default:
		return fmt.Sprintf("%d h %d min", whole/3600, whole%3600/60)
	}
}

// Thousands writes a whole number with a comma between groups of three digits.
func Thousands(n int) string { return plots.Thousands(n) }

// Epochs counts epochs in words.
func Epochs(n int) string { return counted(n, "epoch") }

// Pictures counts pictures in words.
func Pictures(n int) string { return counted(n, "picture") }

// counted writes a number of things. thing is the word for one of them.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Thousands(n) + " " + thing + "s"
}

// exact is the shortest text that reads back as x, for a table that programs
// read.
func exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
