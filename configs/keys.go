package configs

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A key is a field of [Config] with what its tags say.
type key struct {
	path    string // dotted
	fields  []int  // the indexes of the fields that lead to it
	kind    reflect.Type
	tag     reflect.StructTag
	initial reflect.Value // the default; invalid for a key that has none
	choices []string
	when    []condition
	element *key // of a list: the same for each of its values; nil for others
}

// A condition must hold for a key to have an effect.
type condition struct {
	key    string
	values []string // one of which the key must have; empty: the kind of model decides
}

// format are the keys of the format in its order. Those of the section `sweep`
// are the last ones.
var format = keysIn(reflect.TypeFor[Config](), "", nil)

// keysIn returns the keys below a section.
func keysIn(section reflect.Type, path string, fields []int) (keys []*key) {
	for i := range section.NumField() {
		tag, kind, fields := section.Field(i).Tag, section.Field(i).Type, append(slices.Clone(fields), i)
		path := join(path, tag.Get("yaml"))
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if tag.Get("yaml") == "-" {
			continue
		}
		if kind.Kind() == reflect.Struct {
			keys = append(keys, keysIn(kind, path, fields)...)
			continue
		}
		k := &key{path: path, fields: fields, kind: kind, tag: tag, choices: strings.Fields(tag.Get("oneof"))}
		for _, text := range strings.Fields(tag.Get("when")) {
			on, values, _ := strings.Cut(text, "=")
			k.when = append(k.when, condition{on, strings.FieldsFunc(values, func(r rune) bool { return r == '|' })})
		}
		if text, given := tag.Lookup("default"); given {
			value := reflect.New(kind)
			if err := yaml.Unmarshal([]byte(text), value.Interface()); err != nil {
				panic("configs: the default of " + path + ": " + err.Error())
			}
			if k.initial = value.Elem(); text == "[]" {
				k.initial = reflect.Zero(kind) // as an empty list is read
			}
		}
		if kind.Kind() == reflect.Slice {
			element := *k
			element.kind, k.element = kind.Elem(), &element
		}
		keys = append(keys, k)
	}
	return keys
}

// keyAt returns the key with a path; nil if there is none.
func keyAt(path string) *key {
	if i := slices.IndexFunc(format, func(k *key) bool { return k.path == path }); i >= 0 {
		return format[i]
	}
	return nil
}

// namesIn returns the names of the keys in a section, in order, and nothing for
// a path that is not a section.
func namesIn(section string) (names []string) {
	for _, k := range format {
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
func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// is reports whether a key's texts have a form.
func (k *key) is(form string) bool { return k.tag.Get("form") == form }

// field returns the key's value in a configuration; it is invalid if the key's
// section is absent.
func (k *key) field(c *Config) reflect.Value {
	value, _ := reflect.ValueOf(c).Elem().FieldByIndexErr(k.fields)
	return value
}

// Changes says what depends on a key, given by its dotted path:
//
//	name          what a run is called, and nothing else
//	place         where the dataset is found, and nothing else
//	source        which dataset it is
//	dataset       which images are made of it
//	seed          what is drawn at random
//	length        how long training goes on
//	evaluation    how many images are evaluated at once
//	pictures      what the pictures show
//	work          the figures, and how long a training step takes
//	work above 0  the same, but with all values above 0 it takes equally long
//
// It returns "" for keys that change the figures alone, and for unknown keys.
func Changes(path string) string {
	if k := keyAt(path); k != nil {
		return k.tag.Get("changes")
	}
	return ""
}

// Work returns a text that is the same for those values of a key (see
// [ValueText]) with which an epoch takes equally long. The value of an absent key
// is "".
func Work(path, value string) string {
	switch Changes(path) {
	case "work", "source", "dataset", "evaluation":
		return value
	case "work above 0":
		return strconv.FormatBool(value != "" && value != "0")
	}
	return ""
}

// Work returns a text that is the same for configurations whose epochs take
// equally long.
func (c Config) Work() string {
	var all []string
	for _, k := range format {
		if value := k.field(&c); value.IsValid() && c.idle(k) == "" {
			all = append(all, Work(k.path, ValueText(value.Interface())))
		}
	}
	return strings.Join(all, "\n")
}

// ValueText returns a value in short form: 0.001, adam, or 512-256 for a list.
func ValueText(value any) string {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case reflect.Slice:
		texts := make([]string, v.Len())
		for i := range texts {
			texts[i] = ValueText(v.Index(i).Interface())
		}
		return strings.Join(texts, "-")
	}
	return fmt.Sprint(value)
}
