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

// A reader collects what a file and its overrides give each key, and every
// problem it meets. It walks the format's own structure, so its depth and work
// are bounded by the format, not by the file.
type reader struct {
	file   string
	source string // what is being read: the file or "-set key=value"
	kinds  []Kind

	overrides []string // the sources of overrides, in their order

	given    map[string]given // by dotted path, those of sections and of [Sweep] too
	swept    []swept          // in the file's order
	sweeping bool             // the section `sweep` is there

	wrong      map[string]bool // paths with a problem, so that what they say cannot be relied on
	problems   []Problem
	reported   map[Problem]bool
	omitted    int  // problems beyond maxProblems
	unreadable bool // the file is not YAML, so what its keys would have been is unknown
}

// given is a value that a key was given, and where.
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

// swept is a key of the sweep with the values or the range it was given.
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

// place returns the place of what stands in a line of the current source.
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
	case known && r.overriding() && k.absent(value) && value.Value != "": // null takes the key out of the file
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

// forget takes a key or a section out, as if it had not been given.
func (r *reader) forget(path string) {
	maps.DeleteFunc(r.given, func(given string, _ given) bool { return given == path || below(given, path) })
	r.unsweep(path)
	if path == "sweep" {
		r.swept, r.sweeping = nil, false
	}
}

// unsweep takes a key that an override sets, or those in a section, out of the
// sweep. A sweep without keys is none.
func (r *reader) unsweep(path string) {
	if !r.overriding() || len(r.swept) == 0 {
		return
	}
	r.swept = slices.DeleteFunc(r.swept, func(s swept) bool { return s.key.path == path || below(s.key.path, path) })
	r.sweeping = len(r.swept) > 0
}

// setFlag begins the source of an override's problems, as the user typed it.
const setFlag = "-set "

// override applies one "dotted.key=value". It becomes the mapping that a file
// would hold for it, so that both are typed, checked and reported alike. A
// section's keys that the override does not name keep their values. A key that
// the override sets is swept no longer.
func (r *reader) override(argument string) {
	r.source = setFlag + WithoutPasswords(oneLine(argument))
	r.overrides = append(r.overrides, r.source)
	path, text, found := strings.Cut(argument, "=")
	names := strings.Split(strings.TrimSpace(path), ".")
	if !found || slices.Contains(names, "") {
		r.problem(r.place(0, ""), "wants key=value, as in -set train.epochs=2")
		return
	}
	if names[0] == "sweep" && len(names) > 2 {
		names = []string{"sweep", strings.Join(names[1:], ".")} // the keys in there are dotted themselves
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

// unknownKey reports a key that the format does not have, with the one that was
// most likely meant: a similar name in the same section, or the same name in
// another one.
func (r *reader) unknownKey(name, path string, at place) {
	if len(r.problems) == maxProblems { // spares the search on a file of nothing else
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

// sound reports whether nothing in a section or of a key, nor a section they
// lie in, has a problem so far.
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

// problem records what is wrong at a place, once.
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

// nameOfFile is the name of a run whose file gives none.
func (r *reader) nameOfFile() string {
	base := filepath.Base(r.file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
