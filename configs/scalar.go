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

	"go.yaml.in/yaml/v4"
)

// decodeScalar decodes a single value into a string, bool, int, uint64 or
// float64. It returns what is wrong with the value, "" if nothing is.
//
// The numbers are read here rather than by the YAML package, which takes 010
// for eight and 0x10 for sixteen.
func decodeScalar(node *yaml.Node, out reflect.Value, key string) (problem string) {
	switch out.Kind() {
	case reflect.String:
		return decodeText(node, out, key)
	case reflect.Bool:
		return decodeBool(node, out)
	case reflect.Int:
		return decodeInt(node, out)
	case reflect.Uint64:
		return decodeUint(node, out)
	case reflect.Float64:
		return decodeFloat(node, out)
	}
	panic("configs: no decoder for " + out.Type().String()) // a Config field of a new type
}

func decodeText(node *yaml.Node, out reflect.Value, key string) string {
	tag := node.ShortTag()
	number := tag == "!!int" && strings.HasPrefix(strings.TrimPrefix(key, "sweep."), "data.classes[") // a class may be given by number
	if tag != "!!str" && !number {
		return fmt.Sprintf("%s is not text; put it in quotes", described(node))
	}
	out.SetString(node.Value)
	return ""
}

func decodeBool(node *yaml.Node, out reflect.Value) string {
	switch text := strings.ToLower(node.Value); {
	case node.ShortTag() == "!!bool" && text == "true":
		out.SetBool(true)
	case node.ShortTag() == "!!bool" && text == "false":
		out.SetBool(false)
	default:
		return fmt.Sprintf("%s is not true or false", described(node))
	}
	return ""
}

func decodeInt(node *yaml.Node, out reflect.Value) string {
	digits, problem := wholeNumber(node)
	if problem != "" {
		return problem
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return fmt.Sprintf("%s is too large", described(node))
	}
	out.SetInt(n)
	return ""
}

func decodeUint(node *yaml.Node, out reflect.Value) string {
	digits, problem := wholeNumber(node)
	if problem != "" {
		return problem
	}
	if strings.HasPrefix(digits, "-") {
		return fmt.Sprintf("%s is below 0", described(node))
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return fmt.Sprintf("%s is too large: at most %d", described(node), uint64(math.MaxUint64))
	}
	out.SetUint(n)
	return ""
}

var decimal = regexp.MustCompile(`^-?[0-9]+$`)

// wholeNumber returns the digits of a whole number, or why there are none. The
// YAML package calls a whole number beyond 64 bits a float; its digits count
// here all the same, so that it is called too large and not a fraction.
func wholeNumber(node *yaml.Node) (digits, problem string) {
	tag := node.ShortTag()
	text := strings.TrimPrefix(strings.ReplaceAll(node.Value, "_", ""), "+")
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case tag != "!!int" && tag != "!!float":
		return "", notNumber(node, "a whole number", decimal.MatchString(text))
	case decimal.MatchString(text):
		return text, ""
	case tag == "!!int":
		return "", fmt.Sprintf("%s is not in decimal digits", described(node))
	case err == nil && value == math.Trunc(value) && math.Abs(value) < 1<<53:
		return "", fmt.Sprintf("%s is to be written as a whole number: %d", described(node), int64(value))
	}
	return "", fmt.Sprintf("%s is not a whole number", described(node))
}

func decodeFloat(node *yaml.Node, out reflect.Value) string {
	tag := node.ShortTag()
	text := strings.ReplaceAll(node.Value, "_", "")
	value, err := strconv.ParseFloat(text, 64)
	tooLarge := errors.Is(err, strconv.ErrRange) || err == nil && math.Abs(value) > math.MaxFloat32
	switch {
	case tag == "!!str" && !inQuotes(node) && errors.Is(err, strconv.ErrRange): // 1e999 is text to the YAML package
		return fmt.Sprintf("%s is too large", shortened(node.Value))
	case tag != "!!int" && tag != "!!float":
		return notNumber(node, "a number", err == nil)
	case slices.Contains([]string{"inf", "infinity", "nan"}, strings.ToLower(strings.TrimLeft(text, "+-."))):
		return fmt.Sprintf("%s is not a finite number", described(node))
	case tooLarge:
		return fmt.Sprintf("%s is too large", described(node))
	case err != nil:
		return fmt.Sprintf("%s is not in decimal digits", described(node))
	}
	out.SetFloat(value)
	return ""
}

// notNumber says that a value is not what was wanted, and that its quotes are
// the reason where they are.
func notNumber(node *yaml.Node, wanted string, parses bool) string {
	if parses && inQuotes(node) {
		return fmt.Sprintf("%s is text, not %s; remove the quotes", described(node), wanted)
	}
	return fmt.Sprintf("%s is not %s", described(node), wanted)
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
	case node.ShortTag() == "!!null":
		return "nothing"
	case node.ShortTag() == "!!str":
		return quoted(node.Value)
	}
	text := strconv.Quote(shortened(node.Value)) // escapes what a !!tag let through
	return text[1 : len(text)-1]
}

// wanted says what a key's value has to be.
func wanted(out reflect.Value) string {
	switch out.Kind() {
	case reflect.Struct:
		return "keys of its own"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	}
	return "a whole number"
}
