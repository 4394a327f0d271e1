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

// maxElements bounds a list; the format has none that needs as many.
const maxElements = 100

// decode reads a value of a key into a field. It returns what is wrong with the
// value, "" if nothing is; wrong, if it is not nil, is called instead for what
// is wrong with an element of a list. An empty list becomes nil.
func decode(node *yaml.Node, out reflect.Value, k *key, wrong func(i int, problem string)) (problem string) {
	node = target(node)
	if out.Kind() != reflect.Slice {
		return decodeScalar(node, out, k)
	}
	switch n := len(node.Content); {
	case isNull(node):
		return lacksValue(out)
	case node.Kind != yaml.SequenceNode:
		return fmt.Sprintf("needs a list, not %s", described(node))
	case n > maxElements:
		return fmt.Sprintf("has %d values; no list here takes more than %d", n, maxElements)
	}
	list := reflect.MakeSlice(out.Type(), len(node.Content), len(node.Content))
	sound := true
	for i, item := range node.Content {
		if problem := decodeScalar(target(item), list.Index(i), k); problem != "" {
			sound = false
			if wrong == nil {
				return problem
			}
			wrong(i, problem)
		}
	}
	if !sound {
		return ""
	}
	if k.length.problem(float64(list.Len())) != "" {
		return fmt.Sprintf("needs %s, not %d", k.wantedLength(), list.Len())
	}
	if list.Len() > 0 {
		out.Set(list)
	}
	return ""
}

// wantedLength says what a list takes: exactly 2 values, as in [0.9, 0.999].
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
//
// Numbers are read here rather than by the YAML package, which takes 010 for
// eight and 0x10 for sixteen.
func decodeScalar(node *yaml.Node, out reflect.Value, k *key) (problem string) {
	switch {
	case k.absent(node):
		return lacksValue(out)
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
	case reflect.Int, reflect.Uint64:
		return decodeWhole(node, out, k)
	case reflect.Float64:
		return decodeFloat(node, out, k)
	}
	return decodeText(node, out, k)
}

var decimal = regexp.MustCompile(`^-?[0-9]+$`)

// decodeWhole reads a whole number. The YAML package calls one beyond 64 bits a
// fraction; its digits count here all the same, so that it is called too large.
func decodeWhole(node *yaml.Node, out reflect.Value, k *key) string {
	tag, shown := node.ShortTag(), described(node)
	text := strings.TrimPrefix(strings.ReplaceAll(node.Value, "_", ""), "+")
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case tag != "!!int" && tag != "!!float":
		return notNumber(node, "a whole number", decimal.MatchString(text))
	case !decimal.MatchString(text) && tag == "!!int":
		return shown + " is not in decimal digits"
	case !decimal.MatchString(text) && err == nil && value == math.Trunc(value) && math.Abs(value) < 1<<53:
		return fmt.Sprintf("%s is to be written as a whole number: %d", shown, int64(value))
	case !decimal.MatchString(text):
		return shown + " is not a whole number"
	}
	if out.Kind() == reflect.Uint64 {
		n, err := strconv.ParseUint(text, 10, 64)
		switch {
		case strings.HasPrefix(text, "-"):
			return shown + " is below 0"
		case err != nil:
			return fmt.Sprintf("%s is too large: at most %d", shown, uint64(math.MaxUint64))
		}
		out.SetUint(n)
		return ""
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return shown + " is too large"
	}
	out.SetInt(n)
	if problem := k.bounds.problem(float64(n)); problem != "" {
		return fmt.Sprintf("%d %s", n, problem)
	}
	return ""
}

func decodeFloat(node *yaml.Node, out reflect.Value, k *key) string {
	tag, shown := node.ShortTag(), described(node)
	text := strings.ReplaceAll(node.Value, "_", "")
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case tag == "!!str" && !inQuotes(node) && errors.Is(err, strconv.ErrRange): // 1e999 is text to the YAML package
		return shortened(node.Value) + " is too large"
	case tag != "!!int" && tag != "!!float":
		return notNumber(node, "a number", err == nil)
	case slices.Contains([]string{"inf", "infinity", "nan"}, strings.ToLower(strings.TrimLeft(text, "+-."))):
		return shown + " is not a finite number"
	case errors.Is(err, strconv.ErrRange) || err == nil && math.Abs(value) > math.MaxFloat32:
		return shown + " is too large"
	case err != nil:
		return shown + " is not in decimal digits"
	}
	out.SetFloat(value)
	if problem := k.bounds.problem(value); problem != "" {
		return fmt.Sprintf("%v %s", value, problem)
	}
	return ""
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

// comparisons is the folder of the comparisons among those of the runs.
const comparisons = "comparison"

var folderName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

const folderNameRule = `use at most 100 of the characters A-Z a-z 0-9 "-" "_" ".", the first not "."`

// decodePath reads a path, in which ~ at the start is the home folder.
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

// backslashRemedy is for Windows paths in double quotes, where \n is a line break.
const backslashRemedy = `a backslash in double quotes begins an escape such as \n; put the path in single quotes or write it with forward slashes`

// notOneOf says that text is none of a few words; it is empty if it is one.
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

// notNumber says that a value is not what was wanted, and that its quotes are
// the reason where they are.
func notNumber(node *yaml.Node, wanted string, parses bool) string {
	if parses && inQuotes(node) {
		return fmt.Sprintf("%s is text, not %s; remove the quotes", described(node), wanted)
	}
	return fmt.Sprintf("%s is not %s", described(node), wanted)
}

// lacksValue says what a key without a value is to be given.
func lacksValue(out reflect.Value) string {
	return fmt.Sprintf("has no value; give it %s or remove the key", wanted(out))
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

// target returns the node an alias stands for, or the node itself. A target is
// never an alias in turn.
func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// isNull reports whether a node says that there is no value.
func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}

// absent reports whether a node gives a key no value. To a path ~ is the home
// folder, not YAML's null.
func (k *key) absent(node *yaml.Node) bool {
	return isNull(node) && !(k.form == "path" && node.Value == "~")
}

// inQuotes reports whether a scalar is text by the way it is written.
func inQuotes(node *yaml.Node) bool {
	const written = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return node.Style&written != 0
}

// described returns a value as a message can name it.
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

// ValueText returns a value as a person writes it in short: 0.001, adam, 512-256
// for a list.
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
