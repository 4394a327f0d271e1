package configs

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Origin is where a configuration's keys were given and which kinds of models it
// was checked against. All origins are equal, so that comparing configurations
// compares their values.
type Origin struct {
	file  string
	given map[string]given
	kinds []Kind
}

// Equal implements what go-cmp asks for.
func (Origin) Equal(Origin) bool { return true }

// at returns where a key or an element of a list was given, the file where it
// was not.
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

// Error returns problems of the configuration that show only once the data is at
// hand, of which Key and Message are set, with the places where the keys were
// given. It returns nil for none.
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

// config makes the configuration, or as many problems as there are in what was
// given.
func (r *reader) config() Config {
	if r.sweeping {
		return r.sweepConfig()
	}
	c, idle := r.resolve(r.given)
	for _, k := range format {
		if why, isIdle := idle[k.path]; isIdle && !why.harmless {
			r.problem(why.at, "%s", why.reason)
		}
	}
	return c
}

// resolve makes a configuration of what its keys were given. Keys without
// effect keep their defaults and are returned.
func (r *reader) resolve(given map[string]given) (c Config, idle map[string]idleness) {
	c.Origin = Origin{r.file, given, r.kinds}
	out := reflect.ValueOf(&c).Elem()
	kind := r.kindOf(given)
	for _, k := range format {
		initial := r.initial(k, kind)
		if g, ok := given[k.path]; ok {
			k.set(out, r.value(k, g, initial))
		} else if initial.IsValid() {
			k.set(out, initial)
		}
	}
	if _, named := given["name"]; !named {
		r.nameByFile()
		c.Name = r.nameOfFile()
	}
	if _, named := given["data.url"]; !named && c.Data.Source == "cifar100" {
		c.Data.URL = Address{cifar100Archive}
	}
	idle = make(map[string]idleness)
	for _, k := range format {
		g, ok := given[k.path]
		if reason := c.idle(k, out); ok && reason != "" && r.soundConditions(k) {
			initial := r.initial(k, kind)
			unchanged := reflect.DeepEqual(k.field(out).Interface(), initial.Interface())
			idle[k.path] = idleness{reason, unchanged || k.place, g.at}
			k.set(out, initial)
		}
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

// idleness is why a key has no effect, and whether it may be given all the same.
type idleness struct {
	reason   string
	harmless bool
	at       place
}

// kindOf returns the kind of model that is given, nil for none there is.
func (r *reader) kindOf(given map[string]given) *Kind {
	g, ok := given["model.kind"]
	for i, kind := range r.kinds {
		if !ok || g.node.Value == kind.Name {
			return &r.kinds[i]
		}
	}
	return nil
}

// initial returns the value of a key that is not given, which a kind of model
// may choose. It is invalid for the values of a section that may be absent.
func (r *reader) initial(k *key, kind *Kind) reflect.Value {
	value := k.initial
	if kind == nil {
		return value
	}
	var preferred any
	switch k.path {
	case "model.kind":
		preferred = kind.Name
	case "loss.kind":
		preferred = kind.Losses[0]
	default:
		preferred = kind.Defaults[k.path]
	}
	if preferred != nil {
		value = reflect.ValueOf(preferred).Convert(k.kind)
	}
	return value
}

// value reads what a key was given; a value with a problem leaves the initial one.
func (r *reader) value(k *key, g given, initial reflect.Value) reflect.Value {
	value, sound := reflect.New(k.kind).Elem(), true
	wrong := func(at place, problem string) {
		sound = false
		r.wrong[k.path] = true
		r.problem(at, "%s", problem)
	}
	problem := decode(g.node, value, k, func(i int, problem string) { wrong(g.element(i), problem) })
	if problem == "" && sound && (k.path == "model.kind" || k.path == "loss.kind") {
		problem = notOneOf(value.String(), r.named(k.path))
	}
	if problem != "" {
		wrong(g.at, problem)
	}
	if !sound && initial.IsValid() {
		return initial
	}
	return value
}

// named returns the kinds of models or, for loss.kind, the losses there are.
func (r *reader) named(path string) (names []string) {
	for _, kind := range r.kinds {
		if path == "model.kind" {
			names = append(names, kind.Name)
			continue
		}
		for _, loss := range kind.Losses {
			if !slices.Contains(names, loss) {
				names = append(names, loss)
			}
		}
	}
	return names
}

// idle says why a key has no effect; it is empty for a key that has one.
// Out is the configuration or, for the keys of [Sweep], the sweep.
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
		if strings.HasPrefix(on.key, "sweep.") {
			selector = sweepFormat[0]
		}
		if value := ValueText(selector.field(out).Interface()); !slices.Contains(on.values, value) {
			return fmt.Sprintf("has no effect with %s %s; leave it out or set %s to %s", on.key, value, on.key, oneOf(on.values))
		}
	}
	return ""
}

// idleForKind is [Config.idle] for a key that only some kinds of models read.
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

// soundConditions reports whether the keys that decide about a key's effect can
// be relied on.
func (r *reader) soundConditions(k *key) bool {
	for _, on := range k.when {
		if !r.sound(on.key) {
			return false
		}
	}
	return true
}

// nameByFile checks that a file's own name can name a run.
func (r *reader) nameByFile() {
	if name := r.nameOfFile(); r.sound("name") && !folderName.MatchString(name) {
		r.problem(place{source: r.file, key: "name"}, "is not given, and the file's own name %s cannot name the run folder; %s", quoted(name), folderNameRule)
	}
}

// checkTogether checks what one key demands of another, and what the kind of
// model demands of all.
func (r *reader) checkTogether(c *Config, given map[string]given, kind *Kind) {
	if n := c.Data.Normalize; n != nil || r.has(given, "data.normalize") {
		for _, name := range namesIn("data.normalize") {
			if _, ok := given[join("data.normalize", name)]; !ok && r.sound("data.normalize") {
				r.problem(c.Origin.at("data.normalize"), "lacks %s: mean and std need a value each for red, green and blue", name)
			}
		}
	}
	if address, err := url.Parse(c.Data.URL.text); c.Data.Download && c.Data.Source != "sample" &&
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

// has reports whether a section or a key in it was given.
func (r *reader) has(given map[string]given, section string) bool {
	for path := range maps.Keys(given) {
		if path == section || below(path, section) {
			return true
		}
	}
	return false
}
