package configs

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// decoder fills a Config from YAML nodes. It walks the Config's own structure,
// so its depth and work are bounded by the format, not by the file: what the
// format does not know is reported and not looked into.
type decoder struct {
	kinds      []Kind
	result     Config
	source     string              // what is being read: the file or "-set key=value"
	places     map[string]place    // where each key that was given stands
	wrong      map[string]struct{} // keys with a problem; see distrust and sound
	problems   []Problem
	omitted    int  // problems beyond maxProblems
	unreadable bool // the file is not YAML, so what its keys would have been is unknown
}

// place is where a key was given.
type place struct {
	source string
	line   int // 0 in an override
}

func newDecoder(source string, kinds []Kind) *decoder {
	return &decoder{
		kinds:  kinds,
		result: Default(),
		source: source,
		places: make(map[string]place),
		wrong:  make(map[string]struct{}),
	}
}

// overriding reports whether the current source is an override.
func (d *decoder) overriding() bool { return strings.HasPrefix(d.source, setFlag) }

// config decodes a whole document or override.
func (d *decoder) config(root *yaml.Node) {
	root = target(root)
	if root.Kind != yaml.MappingNode {
		d.refuse(root.Line, fmt.Sprintf("holds %s where keys such as `model:` are expected", described(root)))
		return
	}
	d.section(root, reflect.ValueOf(&d.result).Elem(), "")
}

// target returns the node an alias stands for, or the node itself. A target is
// never an alias in turn.
func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// section decodes a mapping into a struct whose yaml tags name the keys.
func (d *decoder) section(node *yaml.Node, out reflect.Value, path string) {
	d.entries(node, path, func(line int, name string, value *yaml.Node) {
		field, known := fieldNamed(out, name)
		if !known {
			d.unknownKey(line, path, name, keysOf(out.Type()))
			return
		}
		key := join(path, name)
		d.places[key] = place{d.source, d.lineOf(line)}
		d.value(line, value, field, key)
	})
}

// entries calls decode with each of a mapping's keys and its line, once.
func (d *decoder) entries(node *yaml.Node, path string, decode func(line int, name string, value *yaml.Node)) {
	seen := make(map[string]int) // key to its line
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := target(node.Content[i]), node.Content[i+1]
		line := node.Content[i].Line
		if name.Kind != yaml.ScalarNode {
			d.problem(line, path, "has %s for a key; a key is plain text", described(name))
			continue
		}
		key := join(path, name.Value)
		if first, twice := seen[name.Value]; twice {
			d.problem(line, key, "is given twice; the first is in line %d", first)
			continue
		}
		seen[name.Value] = line
		decode(line, name.Value, value)
	}
}

// value decodes the value of a key into a field. The line is the key's, or a
// list element's own.
func (d *decoder) value(line int, node *yaml.Node, out reflect.Value, key string) {
	node = target(node)
	null := node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
	if out.Kind() == reflect.Pointer {
		if null {
			out.SetZero()
			return
		}
		if node.Kind == yaml.MappingNode && out.IsNil() {
			out.Set(reflect.New(out.Type().Elem()))
		} else if node.Kind != yaml.MappingNode {
			d.problem(line, key, "needs keys of its own, not %s", described(node))
			return
		}
		out = out.Elem()
	}
	switch {
	case null:
		d.problem(line, key, "has no value; give it %s or remove the key", wanted(out))
	case out.Type() == reflect.TypeFor[Sweep]() && node.Kind == yaml.MappingNode:
		d.sweep(node, out.Addr().Interface().(*Sweep))
	case out.Kind() == reflect.Struct && node.Kind == yaml.MappingNode:
		d.section(node, out, key)
	case out.Kind() == reflect.Slice && node.Kind == yaml.SequenceNode:
		d.list(node, out, key)
	case out.Kind() != reflect.Struct && out.Kind() != reflect.Slice && node.Kind == yaml.ScalarNode:
		if message := decodeScalar(node, out, key); message != "" {
			d.problem(line, key, "%s", message)
		}
	default:
		d.problem(line, key, "needs %s, not %s", wanted(out), described(node))
	}
}

// maxElements bounds a list; the format has none that needs as many.
const maxElements = 100

// list decodes a sequence into a slice; an empty one is nil.
func (d *decoder) list(node *yaml.Node, out reflect.Value, key string) {
	if n := len(node.Content); n > maxElements {
		d.problem(node.Line, key, "has %d values; no list here takes more than %d", n, maxElements)
		return
	}
	if len(node.Content) == 0 {
		out.SetZero()
		return
	}
	list := reflect.MakeSlice(out.Type(), len(node.Content), len(node.Content))
	for i, item := range node.Content {
		elementKey := element(key, i)
		d.places[elementKey] = place{d.source, d.lineOf(item.Line)}
		d.value(item.Line, item, list.Index(i), elementKey)
	}
	out.Set(list)
}

// unknownKey reports a key the format does not have, with the one that was
// most likely meant: a similar name in the same section, or the same name in
// another one.
func (d *decoder) unknownKey(line int, path, name string, known []string) {
	if len(d.problems) == maxProblems { // spares the search on a file of nothing else
		d.omitted++
		return
	}
	key := join(path, name)
	if meant := nearest(name, known); meant != "" {
		d.distrust(join(path, meant))
		d.problem(line, key, "unknown key; did you mean %s?", meant)
		return
	}
	for _, elsewhere := range allKeys(reflect.TypeFor[Config](), "") {
		if strings.HasSuffix(elsewhere, "."+name) {
			d.distrust(elsewhere)
			d.problem(line, key, "unknown key; did you mean %s?", elsewhere)
			return
		}
	}
	d.problem(line, key, "unknown key; the keys here are %s", strings.Join(known, ", "))
}

// problem records a problem of a key, or of the whole source if key is "".
func (d *decoder) problem(line int, key, format string, args ...any) {
	d.distrust(key)
	d.report(Problem{Source: d.source, Line: d.lineOf(line), Key: printable(key), Message: fmt.Sprintf(format, args...)})
}

// distrust notes that a key's value is not to be relied on. A wrong element
// makes its list wrong.
func (d *decoder) distrust(key string) {
	list, _, _ := strings.Cut(key, "[")
	d.wrong[list] = struct{}{}
	d.wrong[key] = struct{}{}
}

// report adds a problem unless there are too many already.
func (d *decoder) report(p Problem) {
	if len(d.problems) == maxProblems {
		d.omitted++
		return
	}
	d.problems = append(d.problems, p)
}

// err returns all problems in their order, or nil.
func (d *decoder) err() error {
	if len(d.problems) == 0 {
		return nil
	}
	inOrder(d.problems)
	if d.omitted > 0 {
		d.problems = append(d.problems, Problem{Source: d.source, Message: fmt.Sprintf("%d more problems are left out", d.omitted)})
	}
	return &Error{Problems: d.problems}
}

// lineOf returns the line to report: an override has none.
func (d *decoder) lineOf(line int) int {
	if d.overriding() {
		return 0
	}
	return line
}

// join appends a name to a dotted path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

var plainKey = regexp.MustCompile(`^[\w.\[\]-]{1,80}$`)

// printable returns a key as it can stand in a message.
func printable(key string) string {
	if key == "" || plainKey.MatchString(key) {
		return key
	}
	return quoted(key)
}

// yamlName returns the key of a struct field.
func yamlName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return name
}

// fieldNamed returns the field of a struct that a key stands for.
func fieldNamed(out reflect.Value, name string) (reflect.Value, bool) {
	for i := range out.NumField() {
		if yamlName(out.Type().Field(i)) == name {
			return out.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// keysOf returns the keys of a section in the format's order.
func keysOf(section reflect.Type) []string {
	var keys []string
	for i := range section.NumField() {
		keys = append(keys, yamlName(section.Field(i)))
	}
	return keys
}

// allKeys returns the dotted paths of every key below a section.
func allKeys(section reflect.Type, path string) []string {
	var keys []string
	for i := range section.NumField() {
		field := section.Field(i)
		key, kind := join(path, yamlName(field)), structOf(field.Type)
		keys = append(keys, key)
		if kind.Kind() == reflect.Struct && kind != reflect.TypeFor[Sweep]() { // whose keys are the others'
			keys = append(keys, allKeys(kind, key)...)
		}
	}
	return keys
}
