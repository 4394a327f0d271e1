package configs

import (
	"fmt"
	"net/url"
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
	given map[string]given
	kinds []Kind
}

// Equal implements what go-cmp asks for.
func (Origin) Equal(Origin) bool { return true }

// at returns where a key or an element of a list was given; if it was not
// given, the file.
func (o Origin) at(path string) place {
	list, index, _ := strings.Cut(path, "[")
	g, ok := o.given[list]
	if !ok {
		return place{source: o.file, key: path}
	}
	if i, err := strconv.Atoi(strings.TrimSuffix(index, "]")); err == nil {
		return g.element(i)
	}
	return g.at
}

// Error returns an error for problems that show only when the data is read. Key
// and Message of each problem are set; Error adds where the key was given. It
// returns nil if there are no problems.
func (c Config) Error(problems ...Problem) error {
	if len(problems) == 0 {
		return nil
	}
	all := &Error{}
	for _, p := range problems {
		at := c.Origin.at(p.Key)
		all.Problems = append(all.Problems, Problem{at.source, at.line, at.key, WithoutPasswords(p.Message)})
	}
	return all
}

// config makes the configuration from the collected values; with a sweep, that
// of its first setting. After a problem the result must not be used.
func (r *reader) config() Config {
	sweep := &Sweep{Method: "grid"}
	if r.sweeping {
		r.readSweep(sweep)
	}
	if !r.sound("sweep") { // the rest is still checked
		for _, s := range r.swept {
			r.wrong[s.key.path] = true
			delete(r.given, s.key.path)
		}
		sweep, r.swept = &Sweep{Method: "grid"}, nil
	}
	t := &trial{reader: r, sweep: sweep, seen: make(map[string]bool), acted: make(map[string]bool), idle: make(map[string]idleness)}
	t.settings()
	for path := range t.acted {
		delete(t.idle, path)
	}
	r.refuseIdle(t.idle)
	c := sweep.Settings[0].Config
	if r.sweeping {
		c.Sweep = sweep
	}
	return c
}

// refuseIdle reports keys that have no effect, except where they are allowed
// anyway.
func (r *reader) refuseIdle(idle map[string]idleness) {
	for _, k := range allKeys {
		if why, isIdle := idle[k.path]; isIdle && !why.harmless {
			r.problem(why.at, "%s", why.reason)
		}
	}
}

// resolve makes a configuration from the given values and returns it with the
// keys that have no effect.
func (r *reader) resolve(given map[string]given) (c Config, idle map[string]idleness) {
	c.Origin = Origin{r.file, given, r.kinds}
	kind := r.kindOf(given)
	idle = r.fill(&c, reflect.ValueOf(&c).Elem(), formatOf(kind, r.kinds), given)
	if _, named := given["name"]; !named {
		r.nameByFile()
		c.Name = r.nameOfFile()
	}
	if _, named := given["data.url"]; !named && c.Data.Source == "cifar100" {
		c.Data.URL = Address{cifar100Archive}
	}
	r.checkTogether(&c, given, kind)
	return c, idle
}

// cifar100Archive is the default of data.url for CIFAR-100.
const cifar100Archive = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"

// Overridden reports whether a key was given on the command line.
func (c Config) Overridden(path string) bool {
	return strings.HasPrefix(c.Origin.given[path].at.source, setFlag)
}

// fill sets the keys' values in a configuration or in its sweep. A key that is
// not given or has no effect gets its default. fill returns the keys that have
// no effect.
func (r *reader) fill(c *Config, out reflect.Value, keys []*key, given map[string]given) (idle map[string]idleness) {
	for _, k := range keys {
		if g, ok := given[k.path]; ok {
			k.set(out, r.value(k, g))
		} else if k.initial.IsValid() {
			k.set(out, k.initial)
		}
	}
	idle = make(map[string]idleness)
	doubtful := func(on condition) bool { return !r.sound(on.key) }
	for _, k := range keys {
		g, ok := given[k.path]
		if reason := c.idle(k, out); ok && reason != "" && !slices.ContainsFunc(k.when, doubtful) {
			unchanged := reflect.DeepEqual(k.field(out).Interface(), k.initial.Interface())
			idle[k.path] = idleness{reason, unchanged || k.place, g.at}
			k.set(out, k.initial)
		}
	}
	return idle
}

// idleness says why a key has no effect, and whether it may be given anyway.
type idleness struct {
	reason   string
	harmless bool
	at       place
}

// kindOf returns the kind of model that was asked for, or nil if it is unknown.
func (r *reader) kindOf(given map[string]given) *Kind {
	g, ok := given["model.kind"]
	for i, kind := range r.kinds {
		if !ok || g.node.Value == kind.Name {
			return &r.kinds[i]
		}
	}
	return nil
}

// value reads the value given for a key; after a fault the key keeps its
// default.
func (r *reader) value(k *key, g given) reflect.Value {
	value := reflect.New(k.kind).Elem()
	faults := decode(g.node, value, k)
	for _, fault := range faults {
		r.wrong[k.path] = true
		at := g.at
		if fault.element >= 0 {
			at = g.element(fault.element)
		}
		r.problem(at, "%s", fault.problem)
	}
	if faults != nil && k.initial.IsValid() {
		return k.initial
	}
	return value
}

// idle says why a key has no effect; it returns "" for a key that has one. out
// is the configuration or, for keys of [Sweep], the sweep.
func (c *Config) idle(k *key, out reflect.Value) string {
	for _, on := range k.when {
		if on.key == "data.classes" {
			if len(c.Data.Classes) == 2 {
				return "has no effect with two classes; leave it out"
			}
			continue
		}
		if len(on.values) == 0 {
			if reason := c.idleForKind(k); reason != "" {
				return reason
			}
			continue
		}
		selector, _ := keyAt(on.key)
		if value := ValueText(selector.field(out).Interface()); !slices.Contains(on.values, value) {
			return fmt.Sprintf("has no effect with %s %s; leave it out or set %s to %s", on.key, value, on.key, oneOf(on.values))
		}
	}
	return ""
}

// idleForKind does the work of [Config.idle] for a key that only some kinds of
// models read.
func (c *Config) idleForKind(k *key) string {
	var readers []string
	for _, kind := range c.Origin.kinds {
		if slices.Contains(kind.Keys, k.path) {
			readers = append(readers, kind.Name)
		}
	}
	if slices.Contains(readers, c.Model.Kind) || c.Origin.kinds == nil {
		return ""
	}
	reason := fmt.Sprintf("has no effect with model.kind %s; leave it out", c.Model.Kind)
	if readers != nil {
		reason += " or set model.kind to " + oneOf(readers)
	}
	return reason
}

// nameByFile checks that the file's own name can serve as the run's name.
func (r *reader) nameByFile() {
	if name := r.nameOfFile(); r.sound("name") && !folderName.MatchString(name) {
		r.problem(place{source: r.file, key: "name"}, "is not given, and the file's own name %s cannot name the run folder; %s", quoted(name), folderNameRule)
	}
}

// checkTogether checks rules that concern several keys, and those of the kind
// of model.
func (r *reader) checkTogether(c *Config, given map[string]given, kind *Kind) {
	if _, named := given["data.normalize"]; named || c.Data.Normalize != nil {
		for _, name := range namesIn("data.normalize") {
			if _, ok := given[join("data.normalize", name)]; !ok && r.sound("data.normalize") {
				r.problem(c.Origin.at("data.normalize"), "lacks %s: mean and std need a value each for red, green and blue", name)
			}
		}
	}
	fetched, _ := keyAt("data.url")
	if address, err := url.Parse(c.Data.URL.text); c.Data.Download && c.idle(fetched, reflect.ValueOf(c).Elem()) == "" &&
		(err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https") {
		r.problem(c.Origin.at("data.url"), "%s is not an address such as https://host/file.tar.gz; data.download: false needs none", quoted(c.Data.URL.String()))
	}
	if c.Optimizer.Nesterov && c.Optimizer.Momentum == 0 && r.sound("optimizer.kind", "optimizer.momentum") {
		r.problem(c.Origin.at("optimizer.nesterov"), "needs a momentum above 0, and optimizer.momentum is 0")
	}
	if kind == nil || !r.sound("model", "data", "loss") {
		return
	}
	if !slices.Contains(kind.Losses, c.Loss.Kind) {
		r.problem(c.Origin.at("loss.kind"), "%s does not suit model.kind %s; use %s", c.Loss.Kind, kind.Name, oneOf(kind.Losses))
		return
	}
	if kind.Check != nil {
		for _, p := range kind.Check(c) {
			r.problem(c.Origin.at(p.Key), "%s", p.Message)
		}
	}
}
