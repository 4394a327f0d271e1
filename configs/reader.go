package configs

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A reader collects the values that a file and its overrides give to keys, and
// every problem it meets. It follows the format's structure and not the file's,
// which bounds its depth and its work.
type reader struct {
	sources    []string // the file and the overrides read so far, as messages name them
	kinds      []Kind
	given      map[string]*given // by dotted path; holds sections too
	swept      []SweptKey        // in the file's order; given holds their places, by sweep and their keys
	wrong      map[string]bool   // paths with a problem, whose values cannot be relied on
	problems   []Problem
	unreadable bool // the file is not YAML, so its keys are unknown
}

// given is a value that was given for a key, and where.
type given struct {
	source string // the file or "-set key=value"
	line   int    // 0 in an override
	key    string // as a message names it
	node   *yaml.Node
	value  reflect.Value // invalid for a section and after a problem
}

// place returns a place in the current source.
func (r *reader) place(line int, key string, node *yaml.Node) *given {
	if r.overriding() {
		line = 0
	}
	return &given{source: r.sources[len(r.sources)-1], line: line, key: key, node: node}
}

// element is the place of an element of a list.
func (g *given) element(i int) *given {
	item := g.node.Content[i]
	return &given{source: g.source, line: min(g.line, 1) * item.Line, key: fmt.Sprintf("%s[%d]", g.key, i), node: target(item)}
}

// overriding reports whether the current source is an override.
func (r *reader) overriding() bool { return len(r.sources) > 1 }

// maxKeys bounds a section and a list. No section has as many keys, and no key
// needs as many values.
const maxKeys = 100

// section collects the keys in a mapping.
func (r *reader) section(node *yaml.Node, path string) {
	if n := len(node.Content) / 2; n > maxKeys {
		r.refuse(node.Line, fmt.Sprintf("has %d keys in one section, so this is not a configuration", n))
		return
	}
	lines := make(map[string]int) // of the names so far
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := target(node.Content[i])
		at := r.place(node.Content[i].Line, join(path, name.Value), target(node.Content[i+1]))
		if name.Kind != yaml.ScalarNode {
			at.key = path
			r.problem(at, "has %s for a key; a key is plain text", described(name))
		} else if first, twice := lines[name.Value]; twice {
			r.problem(at, "is given twice; the first is in line %d", first)
		} else {
			lines[name.Value] = node.Content[i].Line
			r.entry(at)
		}
	}
}

// entry collects one key, or the keys in a section.
func (r *reader) entry(at *given) {
	k, section, node := keyAt(at.key), namesIn(at.key) != nil, at.node
	if k != nil && k.is("path") && node.Value == "~" {
		node.Tag = "!!str" // the home folder
	}
	switch null := isNull(node); {
	case k == nil && below(at.key, "sweep"):
		r.sweep(at)
	case k == nil && !section:
		r.unknownKey(at)
	case null && r.overriding() && (section || node.Value != ""), null && (at.key == "sweep" || at.key == "data.normalize"):
		r.forget(at.key)
	case section && null:
		r.problem(at, "has no value; give it keys of its own or remove the key")
	case section && node.Kind != yaml.MappingNode:
		r.problem(at, "needs keys of its own, not %s", described(node))
	case section:
		r.given[at.key] = at
		r.section(node, at.key)
	default:
		if r.overriding() {
			r.forget(at.key)
		}
		if r.value(k, at); at.value.IsValid() {
			r.given[at.key] = at
		}
	}
}

// forget takes back all values of a key or of the keys in a section, with their
// problems, and those to sweep. A sweep without keys is taken back as well.
func (r *reader) forget(path string) {
	here := func(key string) bool { return key == path || below(key, path) }
	maps.DeleteFunc(r.given, func(key string, _ *given) bool { return here(key) })
	maps.DeleteFunc(r.wrong, func(key string, _ bool) bool { return here(key) })
	r.problems = slices.DeleteFunc(r.problems, func(p Problem) bool {
		key, _, _ := strings.Cut(p.Key, "[")
		return here(key)
	})
	before := len(r.swept)
	r.swept = slices.DeleteFunc(r.swept, func(s SweptKey) bool { return here(s.Key) || path == "sweep" })
	if len(r.swept) == 0 && before > 0 {
		delete(r.given, "sweep")
	}
}

// setFlag is how the source of an override's problems begins: as the user typed
// it.
const setFlag = "-set "

// override applies one "dotted.key=value". It turns it into the mapping that a
// file would hold, so that files and overrides are typed, checked and reported
// alike. Other keys of the same section keep their values. A key that an
// override sets is no longer swept.
func (r *reader) override(argument string) {
	r.sources = append(r.sources, setFlag+oneLine(argument))
	path, text, found := strings.Cut(argument, "=")
	names := strings.Split(strings.TrimSpace(path), ".")
	if !found || slices.Contains(names, "") {
		r.problem(r.place(0, "", nil), "must be key=value, as in -set train.epochs=2")
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
	r.section(value, "")
}

// unknownKey reports a key that the format does not have, and suggests one of a
// similar name in its section, or of the same name in another. The section `sweep`
// takes the keys of all sections by their paths.
func (r *reader) unknownKey(at *given) {
	dot := strings.LastIndex("."+at.key, ".")
	if below(at.key, "sweep") {
		dot = len("sweep.")
	}
	section, name := strings.TrimSuffix(at.key[:dot], "."), at.key[dot:]
	names, other := namesIn(section), ""
	known := slices.Clone(names)
	if section == "sweep" {
		names = append(names, "and dotted keys of the other sections, as optimizer.learning_rate")
	}
	for _, k := range format {
		if section == "sweep" {
			known = append(known, k.path)
		}
		if other == "" && strings.HasSuffix(k.path, "."+name) {
			other = k.path
		}
	}
	meant := cmp.Or(nearest(name, known), other)
	if meant == "" {
		r.problem(at, "unknown key; the keys here are %s", strings.Join(names, ", "))
		return
	}
	r.problem(at, "unknown key; did you mean %s?", meant)
	r.wrong[meant], r.wrong[join(section, meant)] = true, true
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
func (r *reader) problem(at *given, format string, args ...any) {
	path, _, _ := strings.Cut(at.key, "[")
	r.wrong[path] = true
	p := Problem{Source: at.source, Line: at.line, Key: at.key, Message: fmt.Sprintf(format, args...)}
	if p.Key != "" && !plainKey.MatchString(p.Key) {
		p.Key = quoted(p.Key)
	}
	if !slices.Contains(r.problems, p) {
		r.problems = append(r.problems, p)
	}
}

// target returns the node that an alias stands for, or the node itself. The
// target is never an alias.
func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// isNull reports whether a node is YAML's null.
func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}

// described names a value in a message.
func described(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.MappingNode:
		return "a group of keys"
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case isNull(node):
		return "nothing"
	case node.ShortTag() == "!!str":
		return quoted(node.Value)
	}
	return oneLine(node.Value)
}
