package configs

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// maxElements bounds a list. No key needs as many values.
const maxElements = 100

// A fault says what is wrong with a value.
type fault struct {
	element int // index in a list; -1 for the whole value
	problem string
}

// decode reads a key's value into a field and returns what is wrong with it. An
// empty list becomes nil.
func decode(node *yaml.Node, out reflect.Value, k *key) (faults []fault) {
	node = target(node)
	if out.Kind() == reflect.Slice {
		return decodeList(node, out, k)
	}
	if problem := decodeScalar(node, out, k); problem != "" {
		return []fault{{-1, problem}}
	}
	return nil
}

func decodeList(node *yaml.Node, out reflect.Value, k *key) (faults []fault) {
	n := len(node.Content)
	switch {
	case isNull(node):
		return []fault{{-1, "has no value; give it a list or remove the key"}}
	case node.Kind != yaml.SequenceNode:
		return []fault{{-1, "needs a list, not " + described(node)}}
	case n > maxElements:
		return []fault{{-1, fmt.Sprintf("has %d values; at most %d are allowed", n, maxElements)}}
	}
	list := reflect.MakeSlice(out.Type(), n, n)
	for i, item := range node.Content {
		if problem := decodeScalar(target(item), list.Index(i), k); problem != "" {
			faults = append(faults, fault{i, problem})
		}
	}
	switch {
	case faults != nil:
	case k.length.problem(float64(n)) != "":
		return []fault{{-1, fmt.Sprintf("needs %s, not %d", k.wantedLength(), n)}}
	case n > 0:
		out.Set(list)
	}
	return faults
}

// wantedLength says how many values a list needs: exactly 2 values, as in [0.9,
// 0.999].
func (k *key) wantedLength() string {
	count := k.length.least + " to " + k.length.most + " values"
	if k.length.least == k.length.most {
		count = "exactly " + k.length.least + " values"
	}
	if k.written != "" {
		count += ", as in " + k.written
	}
	return count
}

// decodeScalar reads a single value into a string, an address, a bool, an int,
// a uint64 or a float64, and returns what is wrong with it.
func decodeScalar(node *yaml.Node, out reflect.Value, k *key) (problem string) {
	switch {
	case k.absent(node):
		return fmt.Sprintf("has no value; give it %s or remove the key", wanted(out))
	case node.Kind != yaml.ScalarNode:
		return fmt.Sprintf("needs %s, not %s", wanted(out), described(node))
	}
	switch out.Kind() {
	case reflect.Bool:
		text := strings.ToLower(node.Value)
		if node.ShortTag() != "!!bool" || text != "true" && text != "false" {
			return described(node) + " is not true or false"
		}
		out.SetBool(text == "true")
		return ""
	case reflect.Int, reflect.Uint64, reflect.Float64:
		return decodeNumber(node, out, k)
	}
	return decodeText(node, out, k)
}

// decodeNumber reads a number. The YAML package alone would read 010 as eight
// and 0x10 as sixteen, and would call a whole number beyond 64 bits a fraction.
func decodeNumber(node *yaml.Node, out reflect.Value, k *key) string {
	text := strings.TrimPrefix(strings.ReplaceAll(node.Value, "_", ""), "+")
	value, err := strconv.ParseFloat(text, 64)
	tag, whole := node.ShortTag(), strings.Trim(text, "-0123456789") == ""
	problem := ""
	switch {
	case errors.Is(err, strconv.ErrRange) && !inQuotes(node) || out.Kind() == reflect.Float64 && err == nil && math.Abs(value) > math.MaxFloat32 && !math.IsInf(value, 0):
		problem = "is too large"
	case tag != "!!int" && tag != "!!float" && inQuotes(node) && err == nil:
		problem = "is text, not " + wanted(out) + "; remove the quotes"
	case tag != "!!int" && tag != "!!float":
		problem = "is not " + wanted(out)
	case tag == "!!int" && err != nil:
		problem = "is not in decimal digits"
	case err != nil || math.IsInf(value, 0) || math.IsNaN(value):
		problem = "is not a finite number"
	case out.Kind() == reflect.Float64:
		out.SetFloat(value)
	case !whole && value == math.Trunc(value) && math.Abs(value) < 1<<53:
		problem = fmt.Sprintf("must be written as a whole number: %d", int64(value))
	case !whole:
		problem = "is not a whole number"
	case out.Kind() == reflect.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if out.SetInt(n); err != nil {
			problem = "is too large"
		}
	case value < 0:
		problem = "is below 0"
	default:
		n, err := strconv.ParseUint(text, 10, 64)
		if out.SetUint(n); err != nil {
			problem = fmt.Sprintf("is too large: at most %d", uint64(math.MaxUint64))
		}
	}
	if problem == "" {
		problem = k.bounds.problem(value)
	}
	if problem == "" {
		return ""
	}
	shown := described(node)
	if tag == "!!str" && errors.Is(err, strconv.ErrRange) { // 1e999 is text to the YAML package
		shown = shortened(node.Value)
	}
	return shown + " " + problem
}

func decodeText(node *yaml.Node, out reflect.Value, k *key) string {
	tag, text := node.ShortTag(), node.Value
	number := tag == "!!int" && k.form == "class" // which may be given by its number
	if tag != "!!str" && !number && !isNull(node) {
		return described(node) + " is not text; put it in quotes"
	}
	problem := ""
	switch {
	case out.Kind() == reflect.Struct:
		*out.Addr().Interface().(*Address) = Address{text}
		return ""
	case k.form == "path":
		text, problem = decodePath(node)
	case k.form == "name" && text == comparisons:
		problem = "is where comparisons of runs go; choose another"
	case k.form == "name" && !folderName.MatchString(text):
		problem = quoted(text) + " cannot name the run folder; " + folderNameRule
	case len(k.choices) > 0:
		problem = notOneOf(text, k.choices)
	}
	out.SetString(text)
	return problem
}

// comparisons is the folder, among the runs' folders, that holds comparisons.
const comparisons = "comparison"

var folderName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

const folderNameRule = `use at most 100 of the characters A-Z a-z 0-9 "-" "_" ".", the first not "."`

// decodePath reads a path. ~ at its start is the home folder.
func decodePath(node *yaml.Node) (path, problem string) {
	path, err := ExpandHome(node.Value)
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	switch {
	case err != nil:
		return "", err.Error()
	case strings.ContainsFunc(path, unprintable) && node.Style&yaml.DoubleQuotedStyle != 0:
		return "", quoted(path) + " is not the path of a folder: " + backslashRemedy
	case path == "" || strings.ContainsFunc(path, unprintable):
		return "", quoted(path) + " is not the path of a folder"
	}
	return path, ""
}

// backslashRemedy helps with Windows paths in double quotes, where \n is a line
// break.
const backslashRemedy = `a backslash in double quotes begins an escape such as \n; put the path in single quotes or write it with forward slashes`

// notOneOf says that text is not one of the choices; it returns "" if it is.
func notOneOf(text string, choices []string) string {
	if slices.Contains(choices, text) {
		return ""
	}
	problem := quoted(text) + " is not " + oneOf(choices)
	if meant := nearest(text, choices); meant != "" {
		problem += "; did you mean " + meant + "?"
	}
	return problem
}

// wanted says what a key's value has to be.
func wanted(out reflect.Value) string {
	switch out.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return "text"
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

// absent reports whether a node gives a key no value. For a path, ~ is the home
// folder and not YAML's null.
func (k *key) absent(node *yaml.Node) bool {
	return isNull(node) && !(k.form == "path" && node.Value == "~")
}

// inQuotes reports whether a scalar is written as text.
func inQuotes(node *yaml.Node) bool {
	const written = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return node.Style&written != 0
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
	text := strconv.Quote(shortened(node.Value)) // escapes what a !!tag let through
	return text[1 : len(text)-1]
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
