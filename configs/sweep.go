package configs

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// MaxRuns bounds the runs of one sweep.
const MaxRuns = 1000

// fixed says why a key with such a [Changes] cannot be swept.
var fixed = map[string]string{
	"name": "it names the sweep's folder", "seed": "-seeds N repeats every setting over N seeds",
	"place": "all runs share one dataset", "source": "all runs share one dataset", "dataset": "all runs share one dataset",
}

// sweep reads a swept key; an override replaces the file's.
func (r *reader) sweep(at *given) {
	s, node, before := SweptKey{Key: strings.TrimPrefix(at.key, "sweep.")}, at.node, len(r.problems)
	k := keyAt(s.Key)
	switch why := fixed[Changes(s.Key)]; {
	case why != "":
		r.problem(at, "cannot be swept: %s", why)
	case k == nil || below(s.Key, "sweep"):
		r.unknownKey(at)
	case node.Kind == yaml.MappingNode:
		s.Range = r.readRange(k, at)
	case node.Kind != yaml.SequenceNode:
		r.problem(at, "%s is neither a list of the values to try nor a range to draw them from, as in %s", described(node), exampleRange)
	case len(node.Content) == 0 || len(node.Content) > maxKeys:
		r.problem(at, "has %d values; list 1 to %d to try, or remove the key", len(node.Content), maxKeys)
	default:
		for i := range node.Content {
			item := at.element(i)
			if r.value(k, item); !item.value.IsValid() {
				continue
			}
			value := item.value.Interface()
			if s.place(value) >= 0 {
				r.problem(item, "%s is given twice", ValueText(value))
			}
			s.Values = append(s.Values, value)
		}
	}
	r.swept = slices.DeleteFunc(r.swept, func(other SweptKey) bool { return other.Key == s.Key && r.overriding() })
	if len(r.problems) == before {
		r.swept, r.given[at.key] = append(r.swept, s), at
	}
}

// place returns the place of a value in a key's list, -1 if it is not there.
func (k SweptKey) place(value any) int {
	return slices.IndexFunc(k.Values, func(other any) bool { return reflect.DeepEqual(other, value) })
}

// finishSweep makes the section `sweep` with its settings. After a problem, and
// without such a section, it has no keys and a single setting.
func (r *reader) finishSweep() *Sweep {
	c := Config{Sweep: &Sweep{Keys: r.swept}}
	r.fill(&c, r.given)
	s, at, budget := c.Sweep, r.given["sweep"], &given{source: r.sources[0], key: "sweep.budget"}
	if g, ok := r.given[budget.key]; ok {
		budget = g
	}
	draws := s.Method == "random" || s.Budget > 0
	for _, swept := range s.Keys {
		draws = draws || swept.Range != nil
		if swept.Range != nil && s.Method != "random" && s.Method != "halving" && r.sound("sweep.method") {
			r.problem(r.given["sweep."+swept.Key], "is a range, and method: %s tries listed values; list some, or set method to random or halving with a budget", s.Method)
		}
	}
	count, _ := s.combinations()
	switch most := min(count, MaxRuns); {
	case at == nil || !r.sound("sweep"):
	case len(s.Keys) == 0:
		r.problem(at, "names no key to sweep, as in optimizer.learning_rate: [0.01, 0.1]")
	case draws && (s.Budget < 1 || float64(s.Budget) > most):
		r.problem(budget, "%d is not between 1 and %.0f: how many settings to draw", s.Budget, most)
	case !draws && count > MaxRuns:
		r.problem(at, "makes %.0f runs, more than %d; list fewer values, or let method: random with a budget draw some", count, MaxRuns)
	}
	if at == nil || !r.sound("sweep") { // the rest is still checked
		for _, swept := range s.Keys {
			r.wrong[swept.Key] = true
			delete(r.given, swept.Key)
		}
		s = &Sweep{}
	}
	r.settings(s, c.Random("sweep"))
	return s
}

// has reports whether a key is swept. s may be nil.
func (s *Sweep) has(path string) bool {
	return s != nil && slices.ContainsFunc(s.Keys, func(swept SweptKey) bool { return swept.Key == path })
}

// combinations counts the combinations of all values that are tried, and those of
// the listed ones; a range of fractions has infinitely many.
func (s *Sweep) combinations() (all, listed float64) {
	all, listed = 1, 1
	for _, swept := range s.Keys {
		n := float64(len(swept.Values))
		switch {
		case swept.Range == nil && s.OneAtATime():
			all += n - 1
		case swept.Range == nil:
			all, listed = all*n, listed*n
		case swept.Range.Whole:
			all *= swept.Range.Max - swept.Range.Min + 1
		default:
			all = math.Inf(1)
		}
	}
	return all, listed
}

// OneAtATime reports whether every setting differs from the first in one key at
// most.
func (s *Sweep) OneAtATime() bool { return s.Method == "one_at_a_time" }

// settings makes the settings of a sweep: all, or as many as the budget says, which
// are fewer if nearly all that are drawn turn out equal to earlier ones. A sweep
// without keys has one.
func (r *reader) settings(s *Sweep, random *rand.Rand) {
	tried := make(map[string]bool) // by the settings' values that have an effect
	try := func(values []any) {
		setting := r.setting(s, values)
		if same := fmt.Sprintf("%q", setting.Values); !tried[same] {
			tried[same] = true
			s.Settings = append(s.Settings, setting)
		}
	}
	all, listed := s.combinations()
	switch {
	case s.OneAtATime():
		first := s.listed(0)
		try(first)
		for i, swept := range slices.Backward(s.Keys) {
			for _, value := range swept.Values[1:] {
				changed := slices.Clone(first)
				changed[i] = value
				try(changed)
			}
		}
	case s.Budget == 0:
		for place := range int(all) {
			try(s.listed(place))
		}
	default:
		drawn := make(map[string]bool)
		for range 100 * s.Budget {
			values := s.listed(random.IntN(int(min(listed, 1<<40))))
			for i, swept := range s.Keys {
				if swept.Range != nil {
					values[i] = swept.Range.draw(random)
				}
			}
			if as := fmt.Sprintf("%#v", values); !drawn[as] && len(s.Settings) < s.Budget {
				drawn[as] = true
				try(values)
			}
		}
	}
}

// listed are the keys' values at a place among all combinations of the listed
// ones, the last key's changing fastest. It leaves out those of ranges.
func (s *Sweep) listed(place int) []any {
	values := make([]any, len(s.Keys))
	for i, swept := range slices.Backward(s.Keys) {
		if n := len(swept.Values); n > 0 {
			values[i] = swept.Values[place%n]
			place /= n
		}
	}
	return values
}

// setting makes the setting with these values of the swept keys. Its problems are
// added to those of the other settings.
func (r *reader) setting(s *Sweep, values []any) Setting {
	all, texts, wrong := maps.Clone(r.given), make([]string, len(values)), maps.Clone(r.wrong)
	for i, swept := range s.Keys {
		at := *r.given["sweep."+swept.Key]
		if place := swept.place(values[i]); place >= 0 {
			at = *at.element(place)
		}
		at.value = reflect.ValueOf(values[i])
		all[swept.Key], texts[i] = &at, ValueText(values[i])
	}
	config := r.resolve(all)
	r.wrong = wrong
	for i, swept := range s.Keys {
		if config.idle(keyAt(swept.Key)) != "" {
			texts[i] = ""
		}
	}
	return Setting{config, texts}
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
