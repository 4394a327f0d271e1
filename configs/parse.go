package configs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// parse parses text as one YAML document and returns its root. It returns nil
// after a problem, and null for an override without a value; a file without a
// document is a problem.
func (r *reader) parse(text []byte) *yaml.Node {
	invalid := bytes.IndexByte(text, 0)
	if !utf8.Valid(text) {
		invalid = bytes.IndexFunc(text, func(c rune) bool { return c == 0 || c == utf8.RuneError })
	}
	switch {
	case len(text) > maxFileSize:
		return r.refuse(0, "is larger than 256 KiB; a configuration is a few kilobytes of text")
	case invalid >= 0:
		return r.refuse(1+bytes.Count(text[:invalid], []byte("\n")), "is not UTF-8 text; save the file as UTF-8")
	}
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		return r.refuse(0, "cannot be read as YAML: "+err.Error())
	}
	var document, second yaml.Node
	switch err := loader.Load(&document); {
	case err == io.EOF && r.overriding():
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	case err == io.EOF:
		return r.refuse(0, "holds no configuration; `list` names the shipped ones and `show svm` prints a complete one")
	case err != nil:
		return r.refuseSyntax(text, err)
	}
	switch err := loader.Load(&second); {
	case err == nil:
		return r.refuse(second.Line, "a second document begins here; give each configuration a file of its own")
	case err != io.EOF:
		return r.refuseSyntax(text, err)
	}
	return document.Content[0]
}

// refuse records why the current source cannot be read at all.
func (r *reader) refuse(line int, message string) *yaml.Node {
	r.unreadable = r.unreadable || !r.overriding()
	r.problem(r.place(line, "", nil), "%s", message)
	return nil
}

// backslashRemedy helps with Windows paths in double quotes, where \n is a line
// break.
const backslashRemedy = `a backslash in double quotes begins an escape such as \n; put the path in single quotes or write it with forward slashes`

var (
	tabIndented      = regexp.MustCompile(`^ *\t`)
	backslashInQuote = regexp.MustCompile(`".*\\`)
)

// refuseSyntax records a YAML syntax error with its line and the remedy.
func (r *reader) refuseSyntax(text []byte, err error) *yaml.Node {
	var syntax *yaml.LoadError
	if !errors.As(err, &syntax) {
		return r.refuse(0, "cannot be read as YAML: "+err.Error())
	}
	lines := bytes.Split(bytes.TrimRight(text, "\r\n"), []byte("\n"))
	line, began := min(syntax.Mark.Line, len(lines)), min(syntax.ContextMark.Line, len(lines)) // the parser counts the end of the text as a line
	here, above := lines[max(line, 1)-1], lines[max(began, 1)-1]
	message, remedy := oneLine(syntax.Message), "check the indentation, brackets and quotes here and above"
	if tabIndented.Match(here) {
		return r.refuse(line, "is indented with a tab; YAML takes spaces only")
	}
	if backslashInQuote.Match(here) || backslashInQuote.Match(above) {
		remedy = backslashRemedy
	}
	if began > 0 && began < line && !r.overriding() {
		message += fmt.Sprintf(" in what begins in line %d", began)
	}
	return r.refuse(line, "cannot be read as YAML: "+message+"; "+remedy)
}
