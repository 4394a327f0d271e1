package configs

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// Range is where the values of a swept number are drawn from: every value as
// likely as any other, or every order of magnitude (scale log), which suits
// learning rates and the like. Both ends may be drawn. Fractions are rounded to
// four digits, so that machines whose logarithms differ in the last bit draw
// the same.
type Range struct {
	Min   any    `yaml:"min"` // of the key's own type, as Max is
	Max   any    `yaml:"max"`
	Scale string `yaml:"scale"` // linear or log
}

// exampleRange is a range as messages show it.
const exampleRange = "{min: 1.0e-4, max: 1.0, scale: log}"

// rangeScales are what a range may be drawn by; the first is the default.
var rangeScales = []string{"linear", "log"}

// rangeEnds collects what a range is given; it is nil after a problem.
func (r *reader) rangeEnds(node *yaml.Node, at place) map[string]given {
	ends := make(map[string]given)
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := target(node.Content[i]), target(node.Content[i+1])
		here := r.place(node.Content[i].Line, join(at.key, name.Value))
		switch _, twice := ends[name.Value]; {
		case twice:
			r.problem(here, "is given twice")
			return nil
		case !slices.Contains([]string{"min", "max", "scale"}, name.Value):
			r.problem(here, "unknown key; a range has min, max and scale, as in %s", exampleRange)
			return nil
		}
		ends[name.Value] = given{value, here}
	}
	return ends
}

// readRange reads the range of a key, and reports what is wrong with it.
func (r *reader) readRange(k *key, s swept, method string) *Range {
	if k.kind.Kind() != reflect.Int && k.kind.Kind() != reflect.Float64 {
		r.problem(s.at, "takes %s, and a range is for numbers; list the values to try", wanted(reflect.New(k.kind).Elem()))
		return nil
	}
	before := len(r.problems) + r.omitted
	drawn := &Range{Scale: rangeScales[0]}
	for _, end := range []struct {
		name string
		out  *any
	}{{"min", &drawn.Min}, {"max", &drawn.Max}} {
		g, ok := s.ends[end.name]
		if !ok {
			r.problem(s.at, "lacks %s; a range is written as in %s", end.name, exampleRange)
			continue
		}
		*end.out = r.value(k, g).Interface()
	}
	if g, ok := s.ends["scale"]; ok {
		drawn.Scale = r.value(&key{path: g.at.key, kind: reflect.TypeFor[string](), choices: rangeScales}, g).String()
	}
	if len(r.problems)+r.omitted > before {
		return nil
	}
	low, high := drawn.ends()
	switch {
	case low > high:
		r.problem(s.at, "has a min of %s, which is above the max of %s; exchange them", ValueText(drawn.Min), ValueText(drawn.Max))
	case low == high:
		r.problem(s.at, "has the same min and max, %s; list that value or set the key to it", ValueText(drawn.Min))
	case drawn.Scale == "log" && low <= 0:
		r.problem(s.ends["min"].at, "%s is not above 0, which scale: log needs; raise it, or use scale: linear", ValueText(drawn.Min))
	case method != "random" && method != "halving" && r.sound("sweep.method"):
		r.problem(s.at, "is a range, and method: %s tries listed values; list some, or set method to random or halving with a budget", method)
	default:
		return drawn
	}
	return nil
}

// ends are min and max as numbers.
func (r *Range) ends() (low, high float64) {
	number := func(end any) float64 {
		if whole, ok := end.(int); ok {
			return float64(whole)
		}
		return end.(float64)
	}
	return number(r.Min), number(r.Max)
}

// whole reports whether only whole numbers are drawn.
func (r *Range) whole() bool {
	_, whole := r.Min.(int)
	return whole
}

// draw draws a value.
func (r *Range) draw(random *rand.Rand) float64 {
	low, high := r.ends()
	if r.whole() {
		high++ // the numbers from n up to n+1 stand for n
	}
	share := random.Float64()
	value := low + share*(high-low)
	if r.Scale == "log" {
		value = low * math.Pow(high/low, share)
	}
	if r.whole() {
		value, high = math.Floor(value), high-1
	} else {
		value, _ = strconv.ParseFloat(strconv.FormatFloat(value, 'g', 4, 64), 64) // the text is that of a number
	}
	return min(max(value, low), high)
}

// given is a drawn value as the file would give it, and its text.
func (r *Range) given(value float64, at place) (given, string) {
	tag, text := "!!float", ValueText(value)
	if r.whole() {
		tag, text = "!!int", strconv.Itoa(int(value))
	}
	return given{&yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}, at}, text
}

// count is how many values a key may have.
func (k SweptKey) count() int {
	switch {
	case k.Range == nil:
		return len(k.Values)
	case k.Range.whole():
		low, high := k.Range.ends()
		return int(high-low) + 1
	}
	return mostCombinations
}

// ranged reports whether a key is drawn from a range.
func (s *Sweep) ranged() bool {
	return slices.ContainsFunc(s.Keys, func(swept SweptKey) bool { return swept.Range != nil })
}

// A choice makes a setting: for each swept key the place of a value in its list,
// or the value drawn from its range.
type choice []float64

// listed is the choice at a place among all combinations of the listed values,
// the last key's changing fastest. It leaves ranges out.
func (s *Sweep) listed(place int) choice {
	c := make(choice, len(s.Keys))
	for i, swept := range slices.Backward(s.Keys) {
		if swept.Range == nil {
			c[i] = float64(place % len(swept.Values))
			place /= len(swept.Values)
		}
	}
	return c
}

// draw draws a choice.
func (s *Sweep) draw(random *rand.Rand) choice {
	lists := Sweep{Keys: slices.DeleteFunc(slices.Clone(s.Keys), func(swept SweptKey) bool { return swept.Range != nil })}
	c := s.listed(random.IntN(lists.combinations()))
	for i, swept := range s.Keys {
		if swept.Range != nil {
			c[i] = swept.Range.draw(random)
		}
	}
	return c
}
