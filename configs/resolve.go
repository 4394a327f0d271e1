package configs

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Origin says where a configuration's keys were given and which kinds of models
// it was checked against. Any two origins count as equal, so that comparing
// configurations compares their values only.
type Origin struct {
	file  string
	given map[string]*given
	kinds []Kind
}

// Equal implements what go-cmp asks for.
func (Origin) Equal(Origin) bool { return true }

// at returns where a key or an element of a list was given; if it was not
// given, the file.
func (o Origin) at(path string) *given {
	list, index, _ := strings.Cut(path, "[")
	g, ok := o.given[list]
	if !ok {
		return &given{source: o.file, key: path}
	}
	if i, err := strconv.Atoi(strings.TrimSuffix(index, "]")); err == nil {
		return g.element(i)
	}
	return g
}

// Error returns an error for problems that show only when the data is read. Key
// and Message of each problem are set; Error adds where the key was given. It
// returns nil if there are no problems.
func (c Config) Error(problems ...Problem) error {
	if len(problems) == 0 {
		return nil
	}
	for i, p := range problems {
		at := c.Origin.at(p.Key)
		problems[i] = Problem{at.source, at.line, at.key, p.Message}
	}
	return &Error{problems}
}

// Overridden reports whether a key was given on the command line.
func (c Config) Overridden(path string) bool {
	return strings.HasPrefix(c.Origin.at(path).source, setFlag)
}

// finish makes the configuration from the collected values; with a sweep, that of
// its first setting. After a problem the result must not be used.
func (r *reader) finish() Config {
	sweep := r.finishSweep()
	c := sweep.Settings[0].Config
	if sweep.Keys != nil {
		c.Sweep = sweep
	}
	acts := func(k *key) bool {
		return slices.ContainsFunc(sweep.Settings, func(s Setting) bool {
			s.Config.Sweep = c.Sweep
			return s.Config.idle(k) == ""
		})
	}
	for _, k := range format {
		at, initial := r.given[k.path], r.initial(k, c.Model.Kind)
		if sweep.has(k.path) {
			at = r.given["sweep."+k.path]
		} else if at == nil || Changes(k.path) == "place" || initial.IsValid() && ValueText(at.value.Interface()) == ValueText(initial.Interface()) {
			continue
		}
		if !r.doubtful(k) && !acts(k) {
			r.problem(at, "%s", c.idle(k))
		}
	}
	return c
}

// resolve makes a configuration from the given values.
func (r *reader) resolve(given map[string]*given) (c Config) {
	c.Origin = Origin{r.sources[0], given, r.kinds}
	r.fill(&c, given)
	if _, named := given["name"]; !named {
		base := filepath.Base(r.sources[0])
		c.Name = strings.TrimSuffix(base, filepath.Ext(base))
		if fault := badName(c.Name); r.sound("name") && fault != "" {
			r.problem(c.Origin.at("name"), "is not given, and the file's own name %s", fault)
		}
	}
	if _, named := given["data.url"]; !named && c.Data.Source == "cifar100" {
		c.Data.URL = strings.Replace(c.Data.URL, "cifar-10-", "cifar-100-", 1)
	}
	r.checkTogether(&c)
	return c
}

// initial returns the value of a key that is left out, for a kind of model; an
// unknown kind stands for the first.
func (r *reader) initial(k *key, model string) reflect.Value {
	kind := r.kinds[max(0, slices.IndexFunc(r.kinds, func(kind Kind) bool { return kind.Name == model }))]
	switch value, own := kind.Defaults[k.path]; {
	case k.path == "model.kind":
		return reflect.ValueOf(kind.Name)
	case k.path == "loss.kind":
		return reflect.ValueOf(kind.Losses[0])
	case own:
		return reflect.ValueOf(value).Convert(k.kind)
	}
	return k.initial
}

// fill sets the keys' values: first as they are given, with defaults for the others,
// then once more with defaults for those that have no effect.
func (r *reader) fill(c *Config, given map[string]*given) {
	for _, withEffect := range []bool{false, true} {
		for _, k := range format {
			value := r.initial(k, c.Model.Kind)
			if g := given[k.path]; g != nil && (!withEffect || c.idle(k) == "" || r.doubtful(k)) {
				value = g.value
			}
			if below(k.path, "data.normalize") && value.IsValid() && c.Data.Normalize == nil {
				c.Data.Normalize = &Normalize{}
			}
			if field := k.field(c); value.IsValid() && field.IsValid() {
				field.Set(value)
			}
		}
	}
}

// doubtful reports whether nobody knows if a key has an effect, because of problems
// with the keys that this depends on.
func (r *reader) doubtful(k *key) bool {
	return slices.ContainsFunc(k.when, func(on condition) bool { return !r.sound(on.key) })
}

// idle says why a key has no effect; it returns "" for a key that has one.
func (c *Config) idle(k *key) string {
	for _, on := range k.when {
		selector := keyAt(on.key).field(c)
		if on.key == "data.classes" && len(c.Data.Classes) == 2 {
			return "has no effect with two classes; leave it out"
		}
		if on.key == "data.classes" || !selector.IsValid() {
			continue
		}
		if on.key == "model.kind" && len(on.values) == 0 {
			for _, kind := range c.Origin.kinds {
				if slices.Contains(kind.Keys, k.path) {
					on.values = append(on.values, kind.Name)
				}
			}
		}
		if value := ValueText(selector.Interface()); len(on.values) > 0 && !slices.Contains(on.values, value) {
			return fmt.Sprintf("has no effect with %s %s; leave it out or set %[1]s to %[3]s", on.key, value, oneOf(on.values))
		}
	}
	return ""
}

// checkTogether checks rules that concern several keys, and those of the kind
// of model.
func (r *reader) checkTogether(c *Config) {
	at := c.Origin.at
	if n := c.Data.Normalize; n != nil && (n.Mean == nil || n.Std == nil) && r.sound("data.normalize") {
		r.problem(at("data.normalize"), "needs both mean and std, with a value each for red, green and blue")
	}
	if c.Optimizer.Nesterov && c.Optimizer.Momentum == 0 && r.sound("optimizer.kind", "optimizer.momentum") {
		r.problem(at("optimizer.nesterov"), "needs a momentum above 0, and optimizer.momentum is 0")
	}
	i := slices.IndexFunc(r.kinds, func(kind Kind) bool { return kind.Name == c.Model.Kind })
	switch {
	case i < 0 || !r.sound("model", "data", "loss"):
	case !slices.Contains(r.kinds[i].Losses, c.Loss.Kind):
		r.problem(at("loss.kind"), "%s does not suit model.kind %s; use %s", c.Loss.Kind, c.Model.Kind, oneOf(r.kinds[i].Losses))
	case r.kinds[i].Check != nil:
		for _, p := range r.kinds[i].Check(c) {
			r.problem(at(p.Key), "%s", p.Message)
		}
	}
}
