package configs

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A key is a field of [Config] with what its tags say.
type key struct {
	path           string // dotted
	fields         []int  // the indexes of the fields that lead to it
	kind           reflect.Type
	initial        reflect.Value // the default; invalid for a key that has none
	written        string        // the default as the tag writes it
	bounds, length interval
	choices        []string
	form           string
	when           []condition
	fixed          string
	place          bool // whether it says where a dataset is
}

// A condition must hold for a key to have an effect.
type condition struct {
	key    string
	values []string // one of which the key must have; empty: the kind of model decides
}

// format and sweepFormat are the keys of a configuration and of its section
// `sweep`, in order.
var (
	format      = keysIn(reflect.TypeFor[Config](), "", nil)
	sweepFormat = keysIn(reflect.TypeFor[Sweep](), "sweep", nil)
	allKeys     = slices.Concat(format, sweepFormat)
)

// keysIn returns the keys below a section.
func keysIn(section reflect.Type, path string, fields []int) (keys []*key) {
	for i := range section.NumField() {
		field := section.Field(i)
		name := field.Tag.Get("yaml")
		path, fields, inner := join(path, name), append(slices.Clone(fields), i), field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case name == "-" || name == "sweep":
		case inner.Kind() == reflect.Struct && inner != reflect.TypeFor[Address]():
			keys = append(keys, keysIn(inner, path, fields)...)
		default:
			keys = append(keys, newKey(path, fields, field))
		}
	}
	return keys
}

func newKey(path string, fields []int, field reflect.StructField) *key {
	tag := field.Tag
	k := &key{
		path: path, fields: fields, kind: field.Type,
		bounds: newInterval(tag.Get("range")), length: newInterval(tag.Get("length")),
		choices: strings.Fields(tag.Get("oneof")), form: tag.Get("form"),
		fixed: tag.Get("fixed"), place: tag.Get("dataset") == "place",
	}
	for _, text := range strings.Fields(tag.Get("when")) {
		on, values, _ := strings.Cut(text, "=")
		k.when = append(k.when, condition{on, strings.FieldsFunc(values, func(r rune) bool { return r == '|' })})
	}
	if text, given := tag.Lookup("default"); given {
		var document yaml.Node
		value := reflect.New(k.kind).Elem()
		if err := yaml.Unmarshal([]byte(text), &document); err != nil || decode(document.Content[0], value, k) != nil {
			panic("configs: the default of " + path + " is not among its values")
		}
		k.initial, k.written = value, text
	}
	return k
}

// keyAt returns the key with a path.
func keyAt(path string) (k *key, known bool) {
	i := slices.IndexFunc(allKeys, func(k *key) bool { return k.path == path })
	if i < 0 {
		return nil, false
	}
	return allKeys[i], true
}

// formatOf returns the keys for one kind of model: with its defaults and its
// losses, and with all kinds to choose from.
func formatOf(kind *Kind, kinds []Kind) (keys []*key) {
	preferred := map[string]any{}
	if kind != nil {
		preferred = maps.Clone(kind.Defaults)
		if preferred == nil {
			preferred = map[string]any{}
		}
		preferred["model.kind"], preferred["loss.kind"] = kind.Name, kind.Losses[0]
	}
	for _, k := range format {
		k := *k
		if value, ok := preferred[k.path]; ok {
			k.initial = reflect.ValueOf(value).Convert(k.kind)
		}
		for _, kind := range kinds {
			switch k.path {
			case "model.kind":
				k.choices = append(k.choices, kind.Name)
			case "loss.kind":
				for _, loss := range kind.Losses {
					if !slices.Contains(k.choices, loss) {
						k.choices = append(k.choices, loss)
					}
				}
			}
		}
		keys = append(keys, &k)
	}
	return keys
}

// namesIn returns the names of the keys in a section, in order, and nothing for
// a path that is not a section.
func namesIn(section string) (names []string) {
	for _, k := range allKeys {
		name, _, _ := strings.Cut(strings.TrimPrefix(k.path, section+"."), ".")
		if below(k.path, section) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// below reports whether a path lies in a section; every path lies in "".
func below(path, section string) bool { return section == "" || strings.HasPrefix(path, section+".") }

// join appends a name to a dotted path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// element returns the key of a list's element.
func element(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// field returns the key's value in a configuration or, for a key of [Sweep], in
// a sweep. The value is invalid if its section is absent.
func (k *key) field(in reflect.Value) reflect.Value {
	for _, i := range k.fields {
		if in.Kind() == reflect.Pointer {
			if in.IsNil() {
				return reflect.Value{}
			}
			in = in.Elem()
		}
		in = in.Field(i)
	}
	return in
}

// set gives the key a copy of a value, and makes the section if it is absent.
func (k *key) set(in, value reflect.Value) {
	for _, i := range k.fields {
		if in.Kind() == reflect.Pointer {
			if in.IsNil() {
				in.Set(reflect.New(in.Type().Elem()))
			}
			in = in.Elem()
		}
		in = in.Field(i)
	}
	if value.Kind() == reflect.Slice {
		value = reflect.AppendSlice(reflect.Zero(value.Type()), value) // nil for an empty list
	}
	in.Set(value)
}

// An interval holds the bounds of a number, written as in [0,1).
type interval struct {
	least, most         string // as written; empty for no bound
	lowest, highest     float64
	leastOpen, mostOpen bool
}

func newInterval(text string) interval {
	bounds := interval{lowest: math.Inf(-1), highest: math.Inf(1)}
	if text == "" {
		return bounds
	}
	bounds.leastOpen, bounds.mostOpen = text[0] == '(', text[len(text)-1] == ')'
	bounds.least, bounds.most, _ = strings.Cut(text[1:len(text)-1], ",")
	if low, err := strconv.ParseFloat(bounds.least, 64); err == nil {
		bounds.lowest = low
	}
	if high, err := strconv.ParseFloat(bounds.most, 64); err == nil {
		bounds.highest = high
	}
	return bounds
}

// smallestNormal is the smallest float32 with full precision, 2 to the -126.
const smallestNormal = 0x1p-126

// problem says why a number is out of bounds; it returns "" for one within
// them. A number inside an open bound must still be inside it after rounding to
// the float32 that training uses.
func (b interval) problem(v float64) string {
	tooLow := v < b.lowest || b.leastOpen && v == b.lowest
	tooHigh := v > b.highest || b.mostOpen && float32(v) >= float32(b.highest)
	switch {
	case !tooLow && !tooHigh && b.lowest == 0 && v > 0 && v < smallestNormal:
		return fmt.Sprintf("is too small for 32-bit numbers; at least %v", float64(smallestNormal))
	case !tooLow && (!tooHigh || b.most == ""):
		return ""
	case b.most == "" && b.leastOpen:
		return "is not above " + b.least
	case b.most == "":
		return "is below " + b.least
	case !b.leastOpen && !b.mostOpen:
		return fmt.Sprintf("is not between %s and %s", b.least, b.most)
	}
	low, high := "at least ", "at most "
	if b.leastOpen {
		low = "above "
	}
	if b.mostOpen {
		high = "below "
	}
	return "is not " + low + b.least + " and " + high + b.most
}
