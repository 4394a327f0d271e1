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

// swept is a swept key and where it stands.
type swept struct {
	SweptKey
	key *key
	at  *given
}

// fixed says why a key with such a [Changes] cannot be swept.
var fixed = map[string]string{
	"name": "it names the sweep's folder", "seed": "-seeds N repeats every setting over N seeds",
	"place": "all runs share one dataset", "source": "all runs share one dataset", "dataset": "all runs share one dataset",
}

// sweep reads a swept key; an override replaces the file's.
func (r *reader) sweep(at *given) {
	path, node, before := strings.TrimPrefix(at.key, "sweep."), at.node, len(r.problems)
	s := &swept{SweptKey{Key: path}, keyAt(path), at}
	switch why := fixed[Changes(path)]; {
	case why != "":
		r.problem(at, "cannot be swept: %s", why)
	case s.key == nil || below(path, "sweep"):
		r.unknownKey(at)
	case node.Kind == yaml.MappingNode:
		s.Range = r.readRange(s.key, at)
	case node.Kind != yaml.SequenceNode:
		r.problem(at, "%s is neither a list of the values to try nor a range to draw them from, as in %s", described(node), exampleRange)
	case len(node.Content) == 0 || len(node.Content) > maxKeys:
		r.problem(at, "has %d values; list 1 to %d to try, or remove the key", len(node.Content), maxKeys)
	default:
		for i := range node.Content {
			item := at.element(i)
			if r.value(s.key, item); !item.value.IsValid() {
				continue
			}
			value := item.value.Interface()
			if slices.ContainsFunc(s.Values, func(other any) bool { return reflect.DeepEqual(other, value) }) {
				r.problem(item, "%s is given twice", ValueText(value))
			}
			s.Values = append(s.Values, value)
		}
	}
	r.swept = slices.DeleteFunc(r.swept, func(other *swept) bool { return other.Key == path && r.overriding() })
	if len(r.problems) == before {
		r.swept = append(r.swept, s)
	}
}

// sweptAt returns a swept key; nil if it is not swept.
func (r *reader) sweptAt(path string) *swept {
	if i := slices.IndexFunc(r.swept, func(s *swept) bool { return s.Key == path }); i >= 0 {
		return r.swept[i]
	}
	return nil
}

// finishSweep returns the section `sweep` without its settings, and checks how many
// there are. After a problem, and without such a section, it has no keys.
func (r *reader) finishSweep() *Sweep {
	c := Config{Sweep: &Sweep{}}
	r.fill(&c, r.given)
	s, at, budget := c.Sweep, r.given["sweep"], &given{source: r.sources[0], key: "sweep.budget"}
	if g, ok := r.given[budget.key]; ok {
		budget = g
	}
	draws := s.Method == "random" || s.Budget > 0
	for _, one := range r.swept {
		s.Keys = append(s.Keys, one.SweptKey)
		draws = draws || one.Range != nil
		if one.Range != nil && s.Method != "random" && s.Method != "halving" && r.sound("sweep.method") {
			r.problem(one.at, "is a range, and method: %s tries listed values; list some, or set method to random or halving with a budget", s.Method)
		}
	}
	count := s.combinations()
	if s.OneAtATime() {
		count = float64(len(s.changes()))
	}
	switch most := min(count, MaxRuns); {
	case at == nil || !r.sound("sweep"):
	case len(r.swept) == 0:
		r.problem(at, "names no key to sweep, as in optimizer.learning_rate: [0.01, 0.1]")
	case draws && (s.Budget < 1 || float64(s.Budget) > most):
		r.problem(budget, "%d is not between 1 and %.0f: how many settings to draw", s.Budget, most)
	case !draws && count > MaxRuns:
		r.problem(at, "makes %.0f runs, more than %d; list fewer values, or let method: random with a budget draw some", count, MaxRuns)
	}
	if at == nil || !r.sound("sweep") { // the rest is still checked
		for _, one := range r.swept {
			r.wrong[one.Key] = true
			delete(r.given, one.Key)
		}
		r.swept, s = nil, &Sweep{}
	}
	return s
}

// has reports whether a key is swept. s may be nil.
func (s *Sweep) has(path string) bool {
	return s != nil && slices.ContainsFunc(s.Keys, func(swept SweptKey) bool { return swept.Key == path })
}

// combinations counts the combinations of all values; a range of fractions has
// infinitely many.
func (s *Sweep) combinations() float64 {
	n := 1.0
	for _, swept := range s.Keys {
		switch {
		case swept.Range == nil:
			n *= float64(len(swept.Values))
		case swept.Range.Whole:
			n *= swept.Range.Max - swept.Range.Min + 1
		default:
			n = math.Inf(1)
		}
	}
	return n
}

// OneAtATime reports whether every setting differs from the first in one key at
// most.
func (s *Sweep) OneAtATime() bool { return s.Method == "one_at_a_time" }

// changes returns the choices of the first values, and of those with another value
// of a single key, in the order of a grid.
func (s *Sweep) changes() []choice {
	all := []choice{make(choice, len(s.Keys))}
	for i, swept := range slices.Backward(s.Keys) {
		for value := 1; value < len(swept.Values); value++ {
			changed := make(choice, len(s.Keys))
			changed[i] = float64(value)
			all = append(all, changed)
		}
	}
	return all
}

// settings makes the settings of a sweep: all, or as many as the budget says, which
// are fewer if nearly all that are drawn turn out equal to earlier ones. A sweep
// without keys has one.
func (r *reader) settings(s *Sweep) {
	tried := make(map[string]bool) // by the settings' values that have an effect
	try := func(c choice) {
		setting := r.setting(c)
		if same := fmt.Sprintf("%q", setting.Values); !tried[same] {
			tried[same] = true
			s.Settings = append(s.Settings, setting)
		}
	}
	switch {
	case s.OneAtATime():
		for _, c := range s.changes() {
			try(c)
		}
	case s.Budget == 0:
		for place := range int(s.combinations()) {
			try(s.listed(place))
		}
	default:
		random, drawn := Config{Seed: r.setting(s.listed(0)).Config.Seed}.Random("sweep"), make(map[string]bool)
		for range 100 * s.Budget {
			c := s.draw(random)
			if as := fmt.Sprint(c); !drawn[as] && len(s.Settings) < s.Budget {
				drawn[as] = true
				try(c)
			}
		}
	}
}

// setting makes the setting of a choice. Its problems are added to those of the
// other settings.
func (r *reader) setting(c choice) Setting {
	all, values, wrong := maps.Clone(r.given), make([]string, len(r.swept)), maps.Clone(r.wrong)
	for i, s := range r.swept {
		value, at := s.value(c[i]), *s.at
		if s.Range == nil {
			at = *at.element(int(c[i]))
		}
		at.value = reflect.ValueOf(value)
		all[s.Key], values[i] = &at, ValueText(value)
	}
	config := r.resolve(all)
	r.wrong = wrong
	for i, s := range r.swept {
		if config.idle(s.key) != "" {
			values[i] = ""
		}
	}
	return Setting{config, values}
}

// WithSource returns the configuration, including the settings of its sweep,
// with another data.source.
func (c Config) WithSource(source string) Config {
	c.Data.Source = source
	if c.Sweep != nil {
		sweep := *c.Sweep
		sweep.Settings = slices.Clone(c.Sweep.Settings)
		for i := range sweep.Settings {
			sweep.Settings[i].Config.Data.Source = source
		}
		c.Sweep = &sweep
	}
	return c
}
