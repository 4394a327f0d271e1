package reports

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// widest is the width of running text, in characters, on a terminal that is wide
// enough.
const widest = 78

// columns returns the width of a terminal, in characters.
func columns(out io.Writer) int {
	if file, isFile := out.(interface{ Fd() uintptr }); isFile {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return widest + 2
}

// widthOf returns the width of running text on out.
func widthOf(out io.Writer) int { return min(columns(out), widest) }

// Warning shows a warning that nobody overlooks.
func Warning(out io.Writer, text string) {
	width := widthOf(out)
	rule := strings.Repeat("!", width)
	fmt.Fprintf(out, "%s\n%s\n%s\n", rule, wrap(text, width), rule)
}

// wrap breaks text between words into lines of at most width characters.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}

// say writes a text in lines that fit the terminal.
func say(out io.Writer, format string, args ...any) {
	fmt.Fprintln(out, wrap(fmt.Sprintf(format, args...), widthOf(out)))
}

// ShowHead says what is about to be trained.
func ShowHead(out io.Writer, s *runfolder.Summary, folder string) {
	fmt.Fprintf(out, "%s: %s, %s parameters, seed %d\n", s.Name, s.Model, Thousands(s.Parameters), s.Seed)
	fmt.Fprintf(out, "%s: %s; %s\n", s.Dataset, ClassList(s.Classes), imageCounts(s))
	fmt.Fprintf(out, "writing to %s\n\n", folder)
}

// ShowSummary shows a finished run's figures.
func ShowSummary(out io.Writer, s *runfolder.Summary, folder string) {
	fmt.Fprintln(out)
	Table(out, figureRows(s))
	fmt.Fprintln(out, "The best epoch is the one with the lowest validation loss.")
	fmt.Fprintln(out)
	say(out, "%s %s", verdictSentence(s.Verdict), s.Verdict.Reason)
	if dead := deadUnits(s.DeadUnits); dead != "" {
		say(out, "%s", dead)
	}
	if s.Status == runfolder.Stopped {
		fmt.Fprintf(out, "Stopped early: the %s after epoch %d brought no better validation loss.\n", Epochs(s.Final.Epoch-s.Best.Epoch), s.Best.Epoch)
	}
	fmt.Fprintf(out, "\n%s in %s, %s images/s; %s in all.\n", Epochs(s.Epochs), Duration(s.TrainingSeconds),
		Thousands(int(math.Round(s.ImagesPerSecond))), Duration(s.Seconds))
	fmt.Fprintf(out, "Pictures, weights and report: %s\n", filepath.Join(folder, runfolder.ReportFile))
	if s.Warning != "" {
		fmt.Fprintf(out, "These figures are of the %s.\n", s.Dataset)
	}
	fmt.Fprintln(out)
}

// figureRows is the table of a run's figures: a row for each measure, of the best and
// of the last epoch's weights.
func figureRows(s *runfolder.Summary) [][]string {
	optional := func(figure *float64, text func(float64) string) string {
		if figure == nil {
			return "–"
		}
		return text(*figure)
	}
	var losses, accuracies [][]string
	names, rated := []string{"best", "last"}, []*runfolder.Figures{s.Best, s.Final}
	if s.Best.Epoch == s.Final.Epoch {
		names, rated = []string{"best and last"}, rated[:1]
	}
	for i, f := range rated {
		name := fmt.Sprintf("%s epoch, %d", names[i], f.Epoch)
		losses = append(losses, []string{"loss, " + name, plots.Loss(f.Training()), plots.Loss(f.ValidationLoss), optional(f.TestLoss, plots.Loss)})
		if f.TrainAccuracy != nil {
			accuracies = append(accuracies, []string{"accuracy, " + name, plots.Percent(*f.TrainAccuracy), optional(f.ValidationAccuracy, plots.Percent), optional(f.TestAccuracy, plots.Percent)})
		}
	}
	if s.Confusion != nil && s.Confusion.Total() > 0 {
		most := 0
		for _, class := range s.Confusion.ByClass() {
			most = max(most, class.Samples)
		}
		accuracies = append(accuracies, []string{"always the commonest class", "–", "–", plots.Percent(float64(most) / float64(s.Confusion.Total()))})
	}
	if pca := s.PCA; pca != nil {
		losses = append(losses, []string{fmt.Sprintf("PCA, %d components", pca.Components), plots.Loss(pca.TrainMSE), plots.Loss(pca.ValidationMSE), plots.Loss(pca.TestMSE)})
	}
	return slices.Concat([][]string{{"", "training", "validation", "test"}}, accuracies, losses)
}

// ShowEvaluation shows what weights score on the test images.
func ShowEvaluation(out io.Writer, dataset string, images int, lossName string, value float64, confusion *metrics.Confusion) {
	fmt.Fprintf(out, "%s, %s test images\n%s: %s\n", dataset, Thousands(images), lossName, plots.Loss(value))
	if confusion == nil {
		return
	}
	fmt.Fprintf(out, "accuracy: %s\n\n", plots.Percent(confusion.Accuracy()))
	rows := [][]string{append([]string{"actual \\ predicted"}, confusion.Classes...)}
	for i, class := range confusion.Classes {
		row := []string{class}
		for _, count := range confusion.Counts[i] {
			row = append(row, Thousands(count))
		}
		rows = append(rows, row)
	}
	Table(out, rows)
}

// ShowExport says which file was written, what it holds and, in lines, how to use
// it.
func ShowExport(out io.Writer, path string, bytes int, holds string, lines [][2]string) {
	fmt.Fprintf(out, "wrote %s, %s bytes\n", path, Thousands(bytes))
	say(out, "%s", holds)
	for _, line := range lines {
		fmt.Fprintf(out, "  %-20s %s\n", line[0], line[1])
	}
}
