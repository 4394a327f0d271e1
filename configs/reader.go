package configs

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A reader collects the values that a file and its overrides give to keys, and
// every problem it meets. It follows the format's structure and not the file's,
// which bounds its depth and its work.
type reader struct {
	file   string
	source string // what is being read: the file or "-set key=value"
	kinds  []Kind

	overrides []string // the sources of overrides, in their order

	given    map[string]given // by dotted path; holds sections and the keys of [Sweep] too
	swept    []swept          // in the file's order
	sweeping bool             // whether there is a section `sweep`

	wrong      map[string]bool // paths with a problem, whose values cannot be relied on
	problems   []Problem
	reported   map[Problem]bool
	omitted    int  // problems beyond maxProblems
	unreadable bool // the file is not YAML, so its keys are unknown
}

// given is a value that was given for a key, and where.
type given struct {
	node *yaml.Node
	at   place
}

// element is the place of an element of a list.
func (g given) element(i int) place {
	at := g.at
	at.key = element(at.key, i)
	if at.line > 0 {
		at.line = g.node.Content[i].Line
	}
	return at
}

// place is where a key or an element of a list stands.
type place struct {
	source string // the file or "-set key=value"
	line   int    // 0 in an override
	key    string // as a message names it
}

// swept is a swept key with its values or its range.
type swept struct {
	key    *key
	at     place
	values []given
	ends   map[string]given // min, max and scale of a range; nil for a list
}

func newReader(file string, kinds []Kind) *reader {
	return &reader{file: file, source: file, kinds: kinds, given: make(map[string]given), wrong: make(map[string]bool), reported: make(map[Problem]bool)}
}

// overriding reports whether the current source is an override.
func (r *reader) overriding() bool { return strings.HasPrefix(r.source, setFlag) }

// place returns the place of a line of the current source.
func (r *reader) place(line int, key string) place {
	if r.overriding() {
		line = 0
	}
	return place{r.source, line, key}
}

// document collects the keys of a whole document or override.
func (r *reader) document(root *yaml.Node) {
	if root = target(root); root.Kind != yaml.MappingNode {
		r.refuse(root.Line, fmt.Sprintf("holds %s where keys such as `model:` are expected", described(root)))
		return
	}
	r.section(root, "")
}

// section collects the keys in a mapping.
func (r *reader) section(node *yaml.Node, path string) {
	lines := make(map[string]int) // of the names so far
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := target(node.Content[i]), target(node.Content[i+1])
		at := r.place(node.Content[i].Line, join(path, name.Value))
		if name.Kind != yaml.ScalarNode {
			at.key = path
			r.problem(at, "has %s for a key; a key is plain text", described(name))
			continue
		}
		if first, twice := lines[name.Value]; twice {
			r.problem(at, "is given twice; the first is in line %d", first)
			continue
		}
		lines[name.Value] = node.Content[i].Line
		if _, own := keyAt(at.key); path == "sweep" && !own {
			r.sweep(name.Value, value, at)
			continue
		}
		r.entry(name.Value, value, path, at)
	}
}

// entry collects one key, or the keys in a section.
func (r *reader) entry(name string, value *yaml.Node, path string, at place) {
	full := join(path, name)
	k, known := keyAt(full)
	section := len(namesIn(full)) > 0
	switch {
	case known && r.overriding() && k.absent(value) && value.Value != "": // null removes the key from the file
		r.forget(full)
	case known:
		r.unsweep(full)
		r.given[full] = given{value, at}
	case !section:
		r.unknownKey(name, path, at)
	case isNull(value) && (r.overriding() || full == "sweep" || full == "data.normalize"):
		r.forget(full)
	case isNull(value):
		r.problem(at, "has no value; give it keys of its own or remove the key")
	case value.Kind != yaml.MappingNode:
		r.problem(at, "needs keys of its own, not %s", described(value))
	default:
		r.given[full] = given{value, at}
		r.sweeping = r.sweeping || full == "sweep"
		r.section(value, full)
	}
}

// forget removes a key or a section, as if it had not been given.
func (r *reader) forget(path string) {
	maps.DeleteFunc(r.given, func(given string, _ given) bool { return given == path || below(given, path) })
	r.unsweep(path)
	if path == "sweep" {
		r.swept, r.sweeping = nil, false
	}
}

// unsweep removes from the sweep a key, or the keys of a section, that an
// override sets. A sweep without keys is removed, too.
func (r *reader) unsweep(path string) {
	if !r.overriding() || len(r.swept) == 0 {
		return
	}
	r.swept = slices.DeleteFunc(r.swept, func(s swept) bool { return s.key.path == path || below(s.key.path, path) })
	r.sweeping = len(r.swept) > 0
}

// setFlag is how the source of an override's problems begins: as the user typed
// it.
const setFlag = "-set "

// override applies one "dotted.key=value". It turns it into the mapping that a
// file would hold, so that files and overrides are typed, checked and reported
// alike. Other keys of the same section keep their values. A key that an
// override sets is no longer swept.
func (r *reader) override(argument string) {
	r.source = setFlag + WithoutPasswords(oneLine(argument))
	r.overrides = append(r.overrides, r.source)
	path, text, found := strings.Cut(argument, "=")
	names := strings.Split(strings.TrimSpace(path), ".")
	if !found || slices.Contains(names, "") {
		r.problem(r.place(0, ""), "must be key=value, as in -set train.epochs=2")
		return
	}
	if names[0] == "sweep" && len(names) > 2 {
		names = []string{"sweep", strings.Join(names[1:], ".")} // because the keys in this section are dotted
	}
	value := r.parse([]byte(text))
	if value == nil {
		r.wrong[strings.Join(names, ".")] = true
		return
	}
	for _, name := range slices.Backward(names) {
		key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, value}}
	}
	r.document(value)
}

// unknownKey reports a key that the format does not have, and suggests the key
// that was probably meant: one with a similar name in the same section, or one
// with the same name in another section.
func (r *reader) unknownKey(name, path string, at place) {
	if len(r.problems) == maxProblems { // saves the search in a file full of unknown keys
		r.omitted++
		return
	}
	known := namesIn(path)
	meant := nearest(name, known)
	r.wrong[join(path, meant)] = true
	if i := slices.IndexFunc(format, func(k *key) bool { return strings.HasSuffix(k.path, "."+name) }); meant == "" && i >= 0 {
		meant = format[i].path
		r.wrong[meant] = true
	}
	if meant == "" {
		r.problem(at, "unknown key; the keys here are %s", strings.Join(known, ", "))
		return
	}
	r.problem(at, "unknown key; did you mean %s?", meant)
}

// sound reports whether the given keys and sections, all they contain and all
// sections they lie in are free of problems so far.
func (r *reader) sound(paths ...string) bool {
	for wrong := range r.wrong {
		for _, path := range paths {
			if wrong == path || below(wrong, path) || below(path, wrong) && wrong != "" {
				return false
			}
		}
	}
	return true
}

var plainKey = regexp.MustCompile(`^[\w.\[\]-]{1,80}$`)

// problem records what is wrong at a place, unless that is recorded already.
func (r *reader) problem(at place, format string, args ...any) {
	path, _, _ := strings.Cut(at.key, "[")
	r.wrong[path] = true
	key := at.key
	if key != "" && !plainKey.MatchString(key) {
		key = quoted(key)
	}
	p := Problem{Source: at.source, Line: at.line, Key: key, Message: WithoutPasswords(fmt.Sprintf(format, args...))}
	switch {
	case r.reported[p]:
	case len(r.problems) == maxProblems:
		r.omitted++
	default:
		r.reported[p] = true
		r.problems = append(r.problems, p)
	}
}

// err returns all problems in their order, or nil.
func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	inOrder(r.problems, r.overrides)
	if r.omitted > 0 {
		r.problems = append(r.problems, Problem{Source: r.file, Message: fmt.Sprintf("%d more problems are left out", r.omitted)})
	}
	return &Error{Problems: r.problems}
}

// nameOfFile is the run's name if the file does not give one.
func (r *reader) nameOfFile() string {
	base := filepath.Base(r.file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
