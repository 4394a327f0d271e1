package configs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxProblems bounds a report. The format has fewer keys than this, so only a
// file that is not a configuration at all reaches it.
const maxProblems = 100

// Error holds everything that is wrong with a configuration: first the file's
// problems in the order of their lines, then those of the overrides.
type Error struct {
	Problems []Problem
}

// Error returns one line for each problem, and their number in a line before
// them if there are several.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Problems)+1)
	if len(e.Problems) > 1 {
		lines = append(lines, fmt.Sprintf("%d problems in the configuration:", len(e.Problems)))
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
	var b strings.Builder
	b.WriteString(p.Source)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Key != "" && !strings.HasPrefix(p.Source, setFlag+p.Key+"=") {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// inOrder sorts problems by their line in the file; problems of the file as a
// whole follow, then those of the overrides in their order.
func inOrder(problems []Problem, overrides []string) {
	rank := func(p Problem) int {
		switch i := slices.Index(overrides, p.Source); {
		case i >= 0:
			return 2 + i
		case p.Line == 0:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Line, b.Line))
	})
}

// quoted returns text for a message: in quotes, with control characters
// escaped, shortened if long.
func quoted(text string) string {
	return strconv.Quote(shortened(text))
}

// shortened cuts text to what a message can hold.
func shortened(text string) string {
	const longest = 80
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..." // without half a letter at the end
}

// oneOf lists choices for a message: "a, b or c".
func oneOf(choices []string) string {
	last := len(choices) - 1
	if last < 1 {
		return strings.Join(choices, "")
	}
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

// oneLine returns text as a message can hold it without quotes: shortened, on
// one line, with a question mark for what cannot be printed.
func oneLine(text string) string {
	shown := func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}
	return strings.Map(shown, strings.Join(strings.Fields(shortened(text)), " "))
}
