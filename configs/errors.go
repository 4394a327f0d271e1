package configs

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
)

// Error holds everything that is wrong with a configuration: first the file's
// problems in the order of their lines, then those of the overrides.
type Error struct {
	Problems []Problem
}

// Error returns one line for each problem, and their number in a line before
// them if there are several.
func (e *Error) Error() string {
	var lines []string
	if n := len(e.Problems); n > 1 {
		lines = append(lines, fmt.Sprintf("%d problems in the configuration:", n))
	}
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// WrongRequest marks the error as a fault of the configuration and not of the
// work.
func (*Error) WrongRequest() {}

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Source  string // the file, or "-set key=value"
	Line    int    // from 1; 0 if the problem belongs to no line of the file
	Key     string // dotted path such as data.batch_size; empty if it concerns the whole source
	Message string
}

// String returns "file:line: key: message", leaving out what the problem does
// not have. A key that "-set key=value" names is not repeated.
func (p Problem) String() string {
	line, key := "", ""
	if p.Line > 0 {
		line = fmt.Sprintf(":%d", p.Line)
	}
	if p.Key != "" && !strings.HasPrefix(p.Source, setFlag+p.Key+"=") {
		key = ": " + p.Key
	}
	return p.Source + line + key + ": " + p.Message
}

// didYouMean suggests the known name that a misspelled one was probably meant to
// be; it returns "" if none is close.
func didYouMean(written string, known []string) string {
	if meant := nearest(written, known); meant != "" {
		return "; did you mean " + meant + "?"
	}
	return ""
}

// nearest returns the known name that differs from a misspelled one in the fewest
// letters, or "" if more than two letters differ in all.
func nearest(written string, known []string) string {
	best, fewest := "", 3
	for _, name := range known {
		if len(written) > 2*len(name)+2 { // bounds the work
			continue
		}
		if d := levenshtein.Distance(strings.ToLower(written), name, nil); d < min(fewest, len(name)) {
			best, fewest = name, d
		}
	}
	return best
}

// quoted returns text for a message: in quotes, with control characters
// escaped, shortened if long.
func quoted(text string) string { return strconv.Quote(shortened(text)) }

// shortened cuts text to what a message can hold.
func shortened(text string) string {
	const longest = 80
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..." // without half a letter at the end
}

// oneLine returns text as a message can hold it without quotes: shortened, on one
// line, without what cannot be printed.
func oneLine(text string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(shortened(text), "?"), func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' })
	return strings.Join(words, " ")
}

// oneOf lists choices for a message: "a, b or c".
func oneOf(choices []string) string {
	last := len(choices) - 1
	if last < 1 {
		return strings.Join(choices, "")
	}
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}
