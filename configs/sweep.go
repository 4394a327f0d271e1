package configs

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// MaxRuns bounds the runs of one sweep.
const MaxRuns = 1000

// sweep collects the values of a swept key; an override's values replace the
// file's.
func (r *reader) sweep(path string, node *yaml.Node, at place) {
	k, known := keyAt(path)
	known = known && !below(path, "sweep")
	switch {
	case known && k.fixed != "":
		r.problem(at, "cannot be swept: %s", k.fixed)
		return
	case !known && path != "sweep" && len(namesIn(path)) > 0:
		r.problem(at, "is a section; name a key in it, as in %s", join(path, namesIn(path)[0]))
		return
	case !known:
		r.problem(at, "unknown key; %s", sweepHint(path))
		return
	}
	s := swept{key: k, at: at}
	if node.Kind == yaml.MappingNode {
		s.ends = r.rangeEnds(node, at)
	} else {
		s.values = r.sweptValues(node, at)
	}
	i := slices.IndexFunc(r.swept, func(other swept) bool { return other.key == k })
	switch {
	case s.values == nil && s.ends == nil:
	case i >= 0:
		r.swept[i] = s
	default:
		r.swept = append(r.swept, s)
	}
}

// sweptValues returns the values given for a swept key, or nil after a problem.
func (r *reader) sweptValues(node *yaml.Node, at place) (values []given) {
	switch n := len(node.Content); {
	case node.Kind != yaml.SequenceNode:
		r.problem(at, "%s is neither a list of the values to try nor a range to draw them from, as in %s", described(node), exampleRange)
		return nil
	case n == 0:
		r.problem(at, "has no values; list those to try or remove the key")
		return nil
	case n > maxElements:
		r.problem(at, "has %d values; at most %d are allowed", n, maxElements)
		return nil
	}
	list := given{node, at}
	for i, item := range node.Content {
		values = append(values, given{target(item), list.element(i)})
	}
	return values
}

// sweepHint suggests the key that was probably meant.
func sweepHint(written string) string {
	paths := namesIn("sweep")
	for _, k := range format {
		paths = append(paths, k.path)
	}
	if meant := nearest(written, paths); meant != "" {
		return "did you mean " + meant + "?"
	}
	if i := slices.IndexFunc(paths, func(path string) bool { return strings.HasSuffix(path, "."+written) }); i >= 0 {
		return "did you mean " + paths[i] + "?"
	}
	return "this section takes " + strings.Join(namesIn("sweep"), ", ") + " and dotted keys of this file, as in optimizer.learning_rate"
}

// readSweep reads the section's own keys and the swept keys' values and ranges,
// and checks how many settings they make.
func (r *reader) readSweep(sweep *Sweep) {
	r.refuseIdle(r.fill(new(Config), reflect.ValueOf(sweep).Elem(), sweepFormat, r.given))
	keys := formatOf(nil, r.kinds)
	for _, s := range r.swept {
		key := SweptKey{Key: s.key.path}
		if s.ends != nil {
			key.Range = r.readRange(keys[slices.Index(format, s.key)], s, sweep.Method)
		}
		for _, g := range s.values {
			before := len(r.problems) + r.omitted
			value := r.value(keys[slices.Index(format, s.key)], g).Interface()
			same := func(other any) bool { return reflect.DeepEqual(other, value) }
			if len(r.problems)+r.omitted == before && slices.ContainsFunc(key.Values, same) {
				r.problem(g.at, "%s is given twice", ValueText(value))
			}
			key.Values = append(key.Values, value)
		}
		sweep.Keys = append(sweep.Keys, key)
	}
	if !r.sound("sweep") {
		return
	}
	all, at := sweep.combinations(), Origin{file: r.file, given: r.given}
	switch {
	case len(r.swept) == 0:
		r.problem(at.at("sweep"), "names no key to sweep, as in optimizer.learning_rate: [0.01, 0.1]")
	case sweep.OneAtATime() && len(sweep.changes()) > MaxRuns:
		r.problem(at.at("sweep"), "makes more than %d runs; list fewer values", MaxRuns)
	case sweep.Budget == 0 && sweep.ranged():
		r.problem(at.at("sweep.budget"), "is needed: it says how many settings to draw from the ranges, 1 to %d", min(all, MaxRuns))
	case sweep.Method != "random" && !sweep.OneAtATime() && sweep.Budget == 0 && all > MaxRuns:
		r.problem(at.at("sweep"), "makes %d runs, more than %d; list fewer values, or let method: random with a budget draw some", all, MaxRuns)
	case (sweep.Method == "random" || sweep.Budget > 0) && (sweep.Budget < 1 || sweep.Budget > min(all, MaxRuns)):
		r.problem(at.at("sweep.budget"), "%d is not between 1 and %d: how many of the %d combinations to draw", sweep.Budget, min(all, MaxRuns), all)
	}
}

// has reports whether a key is swept. s may be nil.
func (s *Sweep) has(path string) bool {
	return s != nil && slices.ContainsFunc(s.Keys, func(swept SweptKey) bool { return swept.Key == path })
}

// mostCombinations is where counting stops; it fits an int on every machine.
const mostCombinations = min(1<<40, math.MaxInt)

// combinations counts the combinations of all values.
func (s *Sweep) combinations() int {
	n := 1
	for _, swept := range s.Keys {
		if n > mostCombinations/swept.count() {
			return mostCombinations
		}
		n *= swept.count()
	}
	return n
}

// OneAtATime reports whether every setting differs from the first in one key at
// most.
func (s *Sweep) OneAtATime() bool { return s.Method == "one_at_a_time" }

// changes returns the indexes, among all combinations, of the first combination
// and of those that differ from it in a single key.
func (s *Sweep) changes() []int {
	places, stride := []int{0}, 1
	for _, swept := range slices.Backward(s.Keys) {
		for value := 1; value < len(swept.Values); value++ {
			places = append(places, value*stride)
		}
		if stride > mostCombinations/len(swept.Values) {
			return make([]int, MaxRuns+1) // more than are allowed, which the caller reports
		}
		stride *= len(swept.Values)
	}
	return places
}

// A trial makes the settings of a sweep.
type trial struct {
	*reader
	sweep *Sweep
	tried []tried
	seen  map[string]bool     // the settings so far, by those of their values that have an effect
	acted map[string]bool     // keys that have an effect in some setting
	idle  map[string]idleness // keys that have no effect in some setting
}

// tried is a setting and the choice that made it.
type tried struct {
	choice
	Setting
}

// settings makes the grid's settings, or draws as many as the budget says. It
// draws fewer if nearly all that it draws turn out equal to earlier ones.
func (t *trial) settings() {
	if t.sweep.OneAtATime() {
		for _, place := range t.sweep.changes() {
			t.try(t.sweep.listed(place))
		}
	} else if t.sweep.Budget == 0 {
		for place := range t.sweep.combinations() {
			t.try(t.sweep.listed(place))
		}
	} else {
		random, drawn := Config{Seed: t.seed()}.Random("sweep"), make(map[string]bool)
		for range 100 * t.sweep.Budget {
			c := t.sweep.draw(random)
			if as := fmt.Sprint(c); !drawn[as] && len(t.tried) < t.sweep.Budget {
				drawn[as] = true
				t.try(c)
			}
		}
	}
	slices.SortFunc(t.tried, func(a, b tried) int { return slices.Compare(a.choice, b.choice) })
	for _, one := range t.tried {
		t.sweep.Settings = append(t.sweep.Settings, one.Setting)
	}
}

// seed is the configuration's seed, which a sweep cannot change.
func (t *trial) seed() uint64 {
	k, _ := keyAt("seed")
	if g, ok := t.given["seed"]; ok {
		return t.value(k, g).Uint()
	}
	return k.initial.Uint()
}

// try makes the setting of a choice, unless it equals an earlier one. Its
// problems are added to those of the other settings.
func (t *trial) try(c choice) {
	given, values := maps.Clone(t.given), make([]string, len(t.swept))
	for i, s := range t.swept {
		key := t.sweep.Keys[i]
		if key.Range != nil {
			given[s.key.path], values[i] = key.Range.given(c[i], s.at)
			continue
		}
		given[s.key.path], values[i] = s.values[int(c[i])], ValueText(key.Values[int(c[i])])
	}
	wrong := maps.Clone(t.wrong)
	config, idle := t.resolve(given)
	t.wrong = wrong
	for path := range given {
		if _, isIdle := idle[path]; !isIdle {
			t.acted[path] = true
		}
	}
	for i, s := range t.swept {
		if why, isIdle := idle[s.key.path]; isIdle {
			values[i] = ""
			idle[s.key.path] = idleness{reason: why.reason, at: s.at} // a list of values is never the default
		}
	}
	for path, why := range idle {
		if _, known := t.idle[path]; !known {
			t.idle[path] = why
		}
	}
	if same := strings.Join(values, "\n"); !t.seen[same] {
		t.seen[same] = true
		t.tried = append(t.tried, tried{c, Setting{config, values}})
	}
}

// Settings returns the configurations that the sweep tries out; c must have one.
func (c Config) Settings() []Setting { return slices.Clone(c.Sweep.Settings) }

// WithSource returns the configuration, including the settings of its sweep,
// with another data.source.
func (c Config) WithSource(source string) Config {
	c.Data.Source = source
	if c.Sweep != nil {
		sweep := *c.Sweep
		sweep.Settings = c.Settings()
		for i := range sweep.Settings {
			sweep.Settings[i].Config.Data.Source = source
		}
		c.Sweep = &sweep
	}
	return c
}
