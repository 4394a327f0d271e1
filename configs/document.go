package configs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// maxNesting is far beyond the format's own depth of three, and small enough
// that no file can exhaust the stack.
const maxNesting = 20

// parse parses text as one YAML document and returns its root. It returns nil
// after a problem, and for an override without a value; a file without a
// document is a problem.
func (r *reader) parse(text []byte) *yaml.Node {
	if line, message := notText(text); message != "" {
		r.refuse(line, message)
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxNesting))))
	if err != nil {
		r.refuse(0, "cannot be read as YAML: "+err.Error())
		return nil
	}
	var document, second yaml.Node
	switch err := loader.Load(&document); {
	case err == io.EOF && r.overriding():
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	case err == io.EOF:
		r.refuse(0, "holds no configuration; `list` names the shipped ones and `show svm` prints a complete one")
		return nil
	case err != nil:
		r.refuseSyntax(text, err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		r.refuse(second.Line, "a second document begins here; give each configuration a file of its own")
		return nil
	case err != io.EOF:
		r.refuseSyntax(text, err)
		return nil
	}
	return document.Content[0]
}

// refuse records why the current source cannot be read at all.
func (r *reader) refuse(line int, message string) {
	r.unreadable = r.unreadable || !r.overriding()
	r.problem(r.place(line, ""), "%s", message)
}

// notText says why bytes are not the text of a configuration, and in which
// line; the message is "" if they are.
func notText(text []byte) (line int, message string) {
	if len(text) > maxFileSize {
		return 0, "is larger than 256 KiB; a configuration is a few kilobytes of text"
	}
	lineOf := func(offset int) int { return 1 + bytes.Count(text[:offset], []byte("\n")) }
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return lineOf(i), "holds a zero byte, so it is not a text file"
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return lineOf(i), "is not UTF-8 text; save the file as UTF-8"
		}
		i += size
	}
	return 0, ""
}

// refuseSyntax records a YAML syntax error with its line and the remedy.
func (r *reader) refuseSyntax(text []byte, err error) {
	var syntax *yaml.LoadError
	if !errors.As(err, &syntax) {
		r.refuse(0, "cannot be read as YAML: "+err.Error())
		return
	}
	lines := bytes.Split(bytes.TrimRight(text, "\r\n"), []byte("\n"))
	line := min(syntax.Mark.Line, len(lines)) // the parser counts the end of the text as a line
	if line >= 1 && indentedWithTab(lines[line-1]) {
		r.refuse(line, "is indented with a tab; YAML takes spaces only")
		return
	}
	remedy := "check the indentation, brackets and quotes here and above"
	began := syntax.ContextMark.Line
	switch {
	case strings.Contains(syntax.Message, "max depth"):
		remedy = "no key is nested this deeply"
	case backslashInQuotes(lines, line) || backslashInQuotes(lines, began):
		remedy = backslashRemedy
	}
	message := oneLine(syntax.Message)
	if began > 0 && began < line && !r.overriding() {
		message += fmt.Sprintf(" in what begins in line %d", began)
	}
	r.refuse(line, "cannot be read as YAML: "+message+"; "+remedy)
}

// backslashInQuotes reports whether a line has a backslash after a double quote.
func backslashInQuotes(lines [][]byte, line int) bool {
	if line < 1 || line > len(lines) {
		return false
	}
	_, quoted, found := bytes.Cut(lines[line-1], []byte(`"`))
	return found && bytes.ContainsRune(quoted, '\\')
}

// indentedWithTab reports whether a tab is part of a line's indentation.
func indentedWithTab(line []byte) bool {
	indentation := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
	return bytes.IndexByte(indentation, '\t') >= 0
}
