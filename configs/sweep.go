package configs

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Sweep is the section `sweep`: keys whose values are tried out in every
// combination, or in some of them drawn by the seed.
type Sweep struct {
	Keys   []SweptKey // in the file's order
	Method string     // "grid" for every combination, "random" for Budget of them
	Budget int        // 0 with "grid"
}

// SweptKey is a key with the values that are tried out.
type SweptKey struct {
	Key    string // dotted path
	Values []any  // of the key's own type, each once
}

const (
	gridSweep   = "grid"
	randomSweep = "random"
)

// MaxRuns bounds the runs of one sweep.
const MaxRuns = 1000

// A Setting is one of the configs that a sweep tries out.
type Setting struct {
	Config Config   // without a sweep
	Values []string // of the swept keys, in their order; see [ValueText]

	picks []int // the values' places in their lists
}

// Settings returns the configs that the sweep tries out, the last key's values
// changing fastest. They differ in the swept keys alone. c must have a sweep.
func (c Config) Settings() []Setting {
	sweep := c.Sweep
	var settings []Setting
	for _, place := range c.chosen() {
		setting := Setting{Config: c, Values: make([]string, len(sweep.Keys)), picks: make([]int, len(sweep.Keys))}
		setting.Config.Sweep = nil
		for k, swept := range slices.Backward(sweep.Keys) {
			pick := place % len(swept.Values)
			place /= len(swept.Values)
			field, _ := fieldAt(reflect.ValueOf(&setting.Config).Elem(), swept.Key)
			field.Set(reflect.ValueOf(swept.Values[pick]))
			setting.Values[k], setting.picks[k] = ValueText(swept.Values[pick]), pick
		}
		settings = append(settings, setting)
	}
	return settings
}

// chosen are the places of the sweep's settings among all combinations.
func (c Config) chosen() []int {
	all := c.Sweep.combinations()
	places := make([]int, 0, MaxRuns)
	if c.Sweep.Method == gridSweep {
		for place := range all {
			places = append(places, place)
		}
		return places
	}
	random, drawn := c.Random("sweep"), make(map[int]bool)
	for len(drawn) < c.Sweep.Budget {
		if place := random.IntN(all); !drawn[place] {
			drawn[place] = true
			places = append(places, place)
		}
	}
	slices.Sort(places)
	return places
}

// mostCombinations is where counting them ends.
const mostCombinations = 1 << 40

// combinations counts the combinations of all values.
func (s Sweep) combinations() int {
	n := 1
	for _, swept := range s.Keys {
		n = min(n*len(swept.Values), mostCombinations)
	}
	return n
}

// ValueText returns a swept value as a person writes it in short: 0.001, adam,
// 512-256 for a list.
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

// MarshalYAML implements [yaml.Marshaler]: the swept keys stand beside method
// and budget, each list on one line.
func (s Sweep) MarshalYAML() (any, error) {
	mapping := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	add := func(key string, value any) error {
		var node yaml.Node
		if err := node.Encode(value); err != nil {
			return err
		}
		if node.Kind == yaml.SequenceNode {
			node.Style = yaml.FlowStyle
		}
		mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, &node)
		return nil
	}
	for _, swept := range s.Keys {
		if err := add(swept.Key, swept.Values); err != nil {
			return nil, err
		}
	}
	if err := add("method", s.Method); err != nil {
		return nil, err
	}
	return mapping, add("budget", s.Budget)
}

// fieldAt returns the field of a config that a dotted key stands for. A section
// behind a pointer is copied on the way, so that setting the field changes no
// other config.
func fieldAt(section reflect.Value, key string) (field reflect.Value, known bool) {
	name, rest, deeper := strings.Cut(key, ".")
	field, known = fieldNamed(section, name)
	if !known || !deeper {
		return field, known
	}
	if field.Kind() == reflect.Pointer {
		own := reflect.New(field.Type().Elem())
		if !field.IsNil() {
			own.Elem().Set(field.Elem())
		}
		field.Set(own)
		field = own.Elem()
	}
	if field.Kind() != reflect.Struct {
		return reflect.Value{}, false
	}
	return fieldAt(field, rest)
}
