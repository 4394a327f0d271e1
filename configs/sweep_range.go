package configs

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
)

// Range is where the values of a swept number are drawn from: every value as
// likely as any other, or every order of magnitude (scale log), which suits
// learning rates and the like. Both ends may be drawn. Fractions are rounded to
// four digits, so that machines whose logarithms differ in the last bit draw
// the same.
type Range struct {
	Min, Max float64
	Scale    string // linear or log
	Whole    bool   `yaml:"-"` // whether only whole numbers are drawn
}

// exampleRange is a range as messages show it.
const exampleRange = "{min: 1.0e-4, max: 1.0, scale: log}"

// readRange reads the range of a key; it returns nil after a problem.
func (r *reader) readRange(k *key, at *given) *Range {
	if kind := k.kind.Kind(); kind != reflect.Int && kind != reflect.Float64 {
		r.problem(at, "takes %s, and a range is for numbers; list the values to try", r.wanted(k))
		return nil
	}
	scale := &key{kind: reflect.TypeFor[string](), choices: []string{"linear", "log"}}
	parts, values := map[string]*key{"min": k, "max": k, "scale": scale}, map[string]reflect.Value{"scale": reflect.ValueOf("linear")}
	before := len(r.problems)
	for i := 0; i+1 < len(at.node.Content); i += 2 {
		name := target(at.node.Content[i]).Value
		part := r.place(at.node.Content[i].Line, join(at.key, name), target(at.node.Content[i+1]))
		if parts[name] == nil {
			r.problem(part, "a range has min, max and scale, each once, as in %s", exampleRange)
		} else if r.value(parts[name], part); part.value.IsValid() {
			values[name] = part.value
		}
		delete(parts, name)
	}
	if len(r.problems) > before {
		return nil
	}
	if parts["min"] != nil || parts["max"] != nil {
		r.problem(at, "lacks min or max; a range is written as in %s", exampleRange)
		return nil
	}
	float := reflect.TypeFor[float64]()
	drawn := &Range{values["min"].Convert(float).Float(), values["max"].Convert(float).Float(), values["scale"].String(), k.kind.Kind() == reflect.Int}
	if drawn.Min >= drawn.Max {
		r.problem(at, "has a min of %v, which is not below the max of %v", drawn.Min, drawn.Max)
	} else if drawn.Scale == "log" && drawn.Min <= 0 {
		r.problem(at, "has a min of %v, and scale: log needs one above 0; raise it, or use scale: linear", drawn.Min)
	}
	return drawn
}

// draw draws a value of the key's own type.
func (r *Range) draw(random *rand.Rand) any {
	low, high := r.Min, r.Max
	if r.Whole {
		high++ // the numbers from n up to n+1 stand for n
	}
	share := random.Float64()
	value := low + share*(high-low)
	if r.Scale == "log" {
		value = low * math.Pow(high/low, share)
	}
	if r.Whole {
		return int(min(max(math.Floor(value), r.Min), r.Max))
	}
	value, _ = strconv.ParseFloat(strconv.FormatFloat(value, 'g', 4, 64), 64) // the text is that of a number
	return min(max(value, r.Min), r.Max)
}
