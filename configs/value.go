package configs

import (
	"errors"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// types are the types of single values: what a value has to be, and how it has to
// be written. The YAML package alone would take yes for true, 010 for eight, and
// 1e3 for a whole number.
var types = map[reflect.Kind]struct {
	name    string
	written *regexp.Regexp
}{
	reflect.Bool:    {"true or false", regexp.MustCompile(`^(?i:true|false)$`)},
	reflect.Int:     {"a whole number", regexp.MustCompile(`^[-+]?(0|[1-9][0-9_]*)$`)},
	reflect.Uint64:  {"a whole number", regexp.MustCompile(`^[-+]?(0|[1-9][0-9_]*)$`)},
	reflect.Float64: {"a number", regexp.MustCompile(`^[-+]?(0|[1-9][0-9_]*)?(\.[0-9_]*)?([eE][-+]?[0-9]+)?$`)},
	reflect.String:  {"text", regexp.MustCompile(``)},
}

// value lets the YAML package decode the value given for a key, and checks it. After
// a problem the value stays invalid.
func (r *reader) value(k *key, at *given) {
	node, out, before := at.node, reflect.New(k.kind), len(r.problems)
	list := k.element != nil && node.Kind == yaml.SequenceNode
	tag, kind := node.ShortTag(), k.kind.Kind()
	untyped := kind == reflect.String && tag != "!!str" && !(tag == "!!int" && k.is("class")) // a class may be given by its number
	switch {
	case isNull(node):
		r.problem(at, "has no value; remove the key or give it %s", r.wanted(k))
	case list && len(node.Content) > maxKeys:
		r.problem(at, "has %d values; at most %d are allowed", len(node.Content), maxKeys)
	case list:
		for i := range node.Content {
			item := at.element(i)
			if r.value(k.element, item); item.value.IsValid() {
				out.Elem().Set(reflect.Append(out.Elem(), item.value))
			}
		}
		if n := len(node.Content); !within(k.tag.Get("length"), float64(n)) {
			r.problem(at, "needs %s values%s, not %d", k.tag.Get("length"), k.example(), n)
		}
	case untyped || k.element != nil || node.Kind != yaml.ScalarNode || !types[kind].written.MatchString(node.Value) || node.Load(out.Interface()) != nil:
		r.problem(at, "%s is not %s%s", described(node), r.wanted(k), r.remedy(k, node))
	default:
		if wrong := r.fault(k, out.Elem()); wrong != "" {
			r.problem(at, "%s", wrong)
		}
	}
	if len(r.problems) == before {
		at.value = out.Elem()
	}
}

// wanted says what a key's value has to be.
func (r *reader) wanted(k *key) string {
	if k.element != nil {
		return "a list" + k.example()
	}
	if choices := r.choices(k); len(choices) > 0 {
		return oneOf(choices)
	}
	return strings.TrimSuffix(types[k.kind.Kind()].name+" "+k.tag.Get("range"), " ")
}

// example shows the default of a list; it returns "" if that is empty.
func (k *key) example() string {
	if text := k.tag.Get("default"); text != "" && text != "[]" {
		return ", as in " + text
	}
	return ""
}

// remedy says how to write a value that is of the wrong type only because of how it
// is written.
func (r *reader) remedy(k *key, node *yaml.Node) string {
	kind, tag := k.kind.Kind(), node.ShortTag()
	switch {
	case node.Kind != yaml.ScalarNode || k.element != nil || kind == reflect.String && len(r.choices(k)) > 0:
	case kind == reflect.String:
		return "; put it in quotes"
	case node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && node.Value != "" && types[kind].written.MatchString(node.Value):
		return "; remove the quotes"
	case kind != reflect.Bool && tag == "!!int" && !types[kind].written.MatchString(node.Value):
		return "; write it in plain decimal digits"
	}
	return ""
}

// fault says what is wrong with a single value of the right type. It replaces ~ at
// the start of a path.
func (r *reader) fault(k *key, value reflect.Value) string {
	var v float64
	switch value.Kind() {
	case reflect.String:
		return r.badText(k, value)
	case reflect.Int:
		v = float64(value.Int())
	case reflect.Float64:
		v = value.Float()
	}
	const smallest = 0x1p-126 // of the float32 numbers with full precision
	switch bounds := k.tag.Get("range"); {
	case v > 0 && v < smallest:
		return ValueText(v) + " is too small for 32-bit numbers; at least " + ValueText(smallest)
	case math.Abs(v) > math.MaxFloat32:
		return ValueText(v) + " is too large for 32-bit numbers"
	case bounds != "" && !within(bounds, v):
		return ValueText(v) + " is not " + r.wanted(k)
	}
	return ""
}

// within reports whether a number is in a range or length as a tag has it. Below an
// open bound it must also be after rounding to the float32 that training uses.
func within(bounds string, v float64) bool {
	words, holds := strings.Fields(bounds), true
	for i := range words[:max(0, len(words)-1)] {
		limit, _ := strconv.ParseFloat(words[i+1], 64) // used only after one of these words
		switch words[i] {
		case "from", "least":
			holds = holds && v >= limit
		case "to", "most":
			holds = holds && v <= limit
		case "above":
			holds = holds && v > limit
		case "below":
			holds = holds && float32(v) < float32(limit)
		case "exactly":
			holds = holds && v == limit
		}
	}
	return holds
}

var (
	folderName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$`)
	// reservedName matches what lies beside the runs' folders, and what Windows
	// takes for a device.
	reservedName = regexp.MustCompile(`(?i)^(comparison|latest|index\.html|(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?)$`)
)

// badName says why a text cannot name a run's folder.
func badName(text string) string {
	switch {
	case reservedName.MatchString(text):
		return quoted(text) + " names something else in the folder of runs, or a device; choose another"
	case !folderName.MatchString(text):
		return quoted(text) + ` cannot name the run folder; use at most 100 of the characters A-Z a-z 0-9 "-" "_" ".", the first not "-" or ".", the last not "."`
	}
	return ""
}

// badText says why a text cannot be a key's value.
func (r *reader) badText(k *key, value reflect.Value) string {
	text := value.String()
	switch choices := r.choices(k); {
	case k.is("name"):
		return badName(text)
	case k.is("path"):
		path, err := expandHome(text)
		value.SetString(path)
		if err != nil {
			return err.Error()
		} else if strings.ContainsFunc(path, unicode.IsControl) {
			return quoted(path) + " is not the path of a folder; " + backslashRemedy
		} else if strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsGraphic(r) && r != '\u200c' && r != '\u200d' }) {
			return quoted(path) + " holds a character that cannot be shown: rename the folder" // the joiners are letters' parts
		} else if path == "" {
			return `"" is not the path of a folder`
		}
	case k.is("address"):
		address, err := url.Parse(text)
		if err == nil && address.User != nil || err != nil && strings.Contains(text, "@") {
			return "holds a user name or a password, which every run would store; fetch the archive yourself and name its folder with -data"
		} else if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
			return quoted(text) + " is not an address such as https://host/file.tar.gz; to fetch nothing set data.download to false"
		}
	case len(choices) > 0 && !slices.Contains(choices, text):
		return quoted(text) + " is not " + oneOf(choices) + didYouMean(text, choices)
	}
	return ""
}

// expandHome replaces ~ at the start of a path by the home folder, as shells do
// for ~ alone and for ~/ before more. It returns an error if the system does
// not say which folder that is.
func expandHome(path string) (string, error) {
	rest, home := strings.CutPrefix(path, "~")
	if !home || rest != "" && !os.IsPathSeparator(rest[0]) {
		return path, nil
	}
	folder, err := os.UserHomeDir()
	if err != nil {
		return path, errors.New("~ stands for the home folder, but the environment variable HOME does not say which folder that is; write the path without ~")
	}
	return filepath.Join(folder, rest), nil
}

// choices returns the words that a key's text may be; nothing for any text.
func (r *reader) choices(k *key) []string {
	choices := slices.Clone(k.choices)
	for _, kind := range r.kinds {
		of := map[string][]string{"model.kind": {kind.Name}, "loss.kind": kind.Losses}[k.path]
		choices = append(choices, slices.DeleteFunc(slices.Clone(of), func(one string) bool { return slices.Contains(choices, one) })...)
	}
	return choices
}
