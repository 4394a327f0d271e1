package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// Numbers are written in the same way everywhere: accuracies in percent with one
// decimal and losses with four significant digits, as in the pictures; means with
// their standard deviation after a ±, with as many decimals.

// points writes a difference of accuracies in percentage points, without a sign.
func points(difference float64) string {
	return fmt.Sprintf("%.1f points", 100*math.Abs(difference))
}

// signed writes a difference of accuracies in percentage points with its sign, or
// without a sign if it rounds to 0: +9.2, −0.5, 0.0.
func signed(difference float64) string {
	text := strings.Replace(fmt.Sprintf("%+.1f", 100*difference), "-", "−", 1)
	if strings.Trim(text, "+−0.") == "" {
		return "0.0"
	}
	return text
}

// spreadText writes the mean of accuracies or of losses, with the standard deviation
// if there are several.
func spreadText(accuracies bool, s metrics.Spread) string {
	switch {
	case accuracies && s.Runs < 2:
		return plots.Percent(s.Mean)
	case accuracies:
		return strings.TrimSuffix(plots.Percent(s.Mean), "%") + " ± " + plots.Percent(s.Deviation)
	case s.Runs < 2:
		return plots.Loss(s.Mean)
	}
	return plusMinus(s.Mean, s.Deviation)
}

// plusMinus writes a loss and, with as many decimals, how far it may be off.
func plusMinus(loss, off float64) string {
	text := plots.Loss(loss)
	_, decimals, _ := strings.Cut(text, ".")
	fixed := strconv.FormatFloat(off, 'f', len(decimals), 64)
	if strings.Contains(text, "e") || off != 0 && strings.Trim(fixed, "0.") == "" {
		fixed = fmt.Sprintf("%.1g", off)
	}
	return text + " ± " + fixed
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
func Epochs(n int) string { return Counted(n, "epoch") }

// Counted writes a number of things. thing is the word for one of them.
func Counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Thousands(n) + " " + thing + "s"
}

// ClassList names the classes in a sentence if they are few; otherwise it only
// says how many there are.
func ClassList(classes []string) string {
	switch n := len(classes); {
	case n == 10:
		return "ten classes"
	case n > 10:
		return Thousands(n) + " classes"
	}
	return strings.Join(classes, ", ")
}

// bestText writes a run's best validation figure: accuracy 85.1%.
func bestText(s *runfolder.Summary) string {
	r := newResult(s)
	return measure(r.classifies) + " " + r.text("best_val")
}

// Bytes is an amount of memory as a person writes it: 512 kB, 1.5 GB.
func Bytes(n int64) string {
	amount, units := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	for amount >= 999.5 && len(units) > 1 {
		amount, units = amount/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", amount, units[0])
}
