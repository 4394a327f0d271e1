package configs

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// unswept says why some keys are the same in all runs of a sweep.
var unswept = map[string]string{
	"name":            "it names the sweep's folder",
	"seed":            "-seeds N repeats every setting over N seeds",
	"data.source":     "all runs share one dataset",
	"data.if_missing": "all runs share one dataset",
	"data.dir":        "all runs share one dataset",
	"data.url":        "all runs share one dataset",
	"data.download":   "all runs share one dataset",
}

// sweep decodes the section `sweep`.
func (d *decoder) sweep(node *yaml.Node, sweep *Sweep) {
	if sweep.Method == "" {
		sweep.Method = gridSweep
	}
	d.entries(node, "sweep", func(line int, name string, value *yaml.Node) {
		key := join("sweep", name)
		d.places[key] = place{d.source, d.lineOf(line)}
		switch name {
		case "method":
			d.value(line, value, reflect.ValueOf(&sweep.Method).Elem(), key)
		case "budget":
			d.value(line, value, reflect.ValueOf(&sweep.Budget).Elem(), key)
		default:
			d.sweptKey(line, target(value), name, sweep)
		}
	})
}

// sweptKey decodes the values of one key; those of an override replace the
// file's.
func (d *decoder) sweptKey(line int, node *yaml.Node, name string, sweep *Sweep) {
	key := join("sweep", name)
	field, problem := sweepable(name)
	switch {
	case problem != "":
		d.problem(line, key, "%s", problem)
		return
	case node.Kind != yaml.SequenceNode:
		d.problem(line, key, "needs a list of the values to try, not %s", described(node))
		return
	case len(node.Content) == 0:
		d.problem(line, key, "has no values; list those to try or remove the key")
		return
	case len(node.Content) > maxElements:
		d.problem(line, key, "has %d values; no list here takes more than %d", len(node.Content), maxElements)
		return
	}
	swept := SweptKey{Key: name}
	for i, item := range node.Content {
		elementKey, value := element(key, i), reflect.New(field).Elem()
		d.places[elementKey] = place{d.source, d.lineOf(item.Line)}
		before := len(d.problems) + d.omitted
		d.value(item.Line, item, value, elementKey)
		same := func(other any) bool { return reflect.DeepEqual(other, value.Interface()) }
		if len(d.problems)+d.omitted == before && slices.ContainsFunc(swept.Values, same) {
			d.problem(item.Line, elementKey, "%s is given twice", ValueText(value.Interface()))
		}
		swept.Values = append(swept.Values, value.Interface())
	}
	if i := slices.IndexFunc(sweep.Keys, func(other SweptKey) bool { return other.Key == name }); i >= 0 {
		sweep.Keys[i] = swept
		return
	}
	sweep.Keys = append(sweep.Keys, swept)
}

// sweepable returns the type of a key's values, or why it cannot be swept.
func sweepable(key string) (values reflect.Type, problem string) {
	if why := unswept[key]; why != "" {
		return nil, "cannot be swept: " + why
	}
	field, known := fieldAt(reflect.ValueOf(new(Config)).Elem(), key)
	if !known || key == "sweep" || strings.HasPrefix(key, "sweep.") {
		return nil, "unknown key; " + sweepHint(key)
	}
	if kind := field.Kind(); kind == reflect.Struct || kind == reflect.Pointer {
		return nil, "is a section; name a key in it, as in " + join(key, keysOf(structOf(field.Type()))[0])
	}
	return field.Type(), ""
}

// sweepHint names the key that was most likely meant.
func sweepHint(written string) string {
	keys := allKeys(reflect.TypeFor[Config](), "")
	if meant := nearest(written, append(keys, "method", "budget")); meant != "" {
		return "did you mean " + meant + "?"
	}
	for _, key := range keys {
		if strings.HasSuffix(key, "."+written) {
			return "did you mean " + key + "?"
		}
	}
	return "here stand method, budget and dotted keys of this file, as in optimizer.learning_rate"
}

// structOf is the type of a section, which may lie behind a pointer.
func structOf(section reflect.Type) reflect.Type {
	if section.Kind() == reflect.Pointer {
		return section.Elem()
	}
	return section
}

// unsweep takes a key that an override has set, or those in a section of that
// path, out of the sweep. A sweep without keys is none.
func (d *decoder) unsweep(path string) {
	sweep := d.result.Sweep
	if sweep == nil || path == "sweep" || strings.HasPrefix(path, "sweep.") {
		return
	}
	before := len(sweep.Keys)
	sweep.Keys = slices.DeleteFunc(sweep.Keys, func(swept SweptKey) bool {
		return swept.Key == path || strings.HasPrefix(swept.Key, path+".")
	})
	if before > 0 && len(sweep.Keys) == 0 {
		d.result.Sweep = nil
	}
}

// validateSweep checks how the sweep goes and each of its settings as a
// config of its own. The keys' values in the file itself do not count.
func (d *decoder) validateSweep() {
	sweep := *d.result.Sweep
	d.choice("sweep.method", sweep.Method, gridSweep, randomSweep)
	all := sweep.combinations()
	switch {
	case len(sweep.Keys) == 0:
		if d.sound("sweep") && !d.anyWrong("sweep.") {
			d.invalid("sweep", "names no key to sweep, as in optimizer.learning_rate: [0.01, 0.1]")
		}
	case !d.sound("sweep.method", "sweep.budget"):
	case sweep.Method == gridSweep && sweep.Budget != 0:
		d.invalid("sweep.budget", "only method: random takes a budget; grid tries all %d combinations", all)
	case sweep.Method == gridSweep && all > MaxRuns:
		d.invalid("sweep", "makes %d runs, more than %d; list fewer values, or let method: random with a budget draw some", all, MaxRuns)
	case sweep.Method == randomSweep && (sweep.Budget < 1 || sweep.Budget > min(all, MaxRuns)):
		d.invalid("sweep.budget", "%d is not between 1 and %d: how many of the %d combinations to draw", sweep.Budget, min(all, MaxRuns), all)
	}
	if !d.sound("sweep") || d.anyWrong("sweep.") {
		for _, swept := range sweep.Keys {
			d.distrust(swept.Key)
		}
		d.validate()
		return
	}
	d.validateSettings()
}

// validateSettings reports what is wrong with any setting, each thing once.
func (d *decoder) validateSettings() {
	reported := make(map[Problem]bool)
	for _, setting := range d.result.Settings() {
		one := &decoder{kinds: d.kinds, result: setting.Config, source: d.source, places: maps.Clone(d.places), wrong: maps.Clone(d.wrong)}
		for k, swept := range d.result.Sweep.Keys {
			at := d.places[element(join("sweep", swept.Key), setting.picks[k])]
			one.places[swept.Key] = at
			for i := range maxElements { // of a list
				one.places[element(swept.Key, i)] = at
			}
		}
		one.validate()
		for _, problem := range one.problems {
			if !reported[problem] {
				reported[problem] = true
				d.report(problem)
			}
		}
	}
}

// anyWrong reports whether a key below a section has a problem.
func (d *decoder) anyWrong(section string) bool {
	for key := range d.wrong {
		if strings.HasPrefix(key, section) {
			return true
		}
	}
	return false
}
