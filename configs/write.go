package configs

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// YAML returns the configuration as a file with every key that has an effect,
// in the format's order, with lists on one line. Loading it gives an equal
// Config. With a sweep, it also leaves out defaults that differ from setting to
// setting.
func (c Config) YAML() ([]byte, error) {
	var err error
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	write := func(value any, path ...string) { err = errors.Join(err, add(root, path, value)) }
	for _, k := range format {
		if value := c.written(k); value.IsValid() {
			write(value.Interface(), strings.Split(k.path, ".")...)
		}
	}
	if c.Sweep != nil {
		for _, swept := range c.Sweep.Keys {
			if swept.Range != nil {
				write(swept.Range, "sweep", swept.Key)
				continue
			}
			write(swept.Values, "sweep", swept.Key)
		}
		for _, k := range sweepFormat {
			if in := reflect.ValueOf(c.Sweep).Elem(); c.idle(k, in) == "" {
				write(k.field(in).Interface(), strings.Split(k.path, ".")...)
			}
		}
	}
	written, dumping := yaml.Dump(root, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err = errors.Join(err, dumping); err != nil {
		return nil, fmt.Errorf("write the config %s as YAML: %w", c.Name, err)
	}
	return written, nil
}

// written returns the value of a key if it belongs in the file, and an invalid
// value otherwise.
func (c *Config) written(k *key) (value reflect.Value) {
	if c.Sweep == nil {
		return c.acting(k)
	}
	if c.Sweep.has(k.path) {
		return value
	}
	for i := range c.Sweep.Settings {
		here := c.Sweep.Settings[i].Config.acting(k)
		switch {
		case !here.IsValid():
		case !value.IsValid():
			value = here
		case !same(value.Interface(), here.Interface()):
			return reflect.Value{}
		}
	}
	return value
}

// acting returns the value of a key that has an effect, and an invalid value
// otherwise.
func (c *Config) acting(k *key) reflect.Value {
	in := reflect.ValueOf(c).Elem()
	if c.idle(k, in) != "" {
		return reflect.Value{}
	}
	return k.field(in)
}

// add puts a value into a mapping under the names of a path, and makes the
// mappings on the way.
func add(node *yaml.Node, path []string, value any) error {
	if n := len(node.Content); n == 0 || node.Content[n-2].Value != path[0] { // keys of one section come one after the other
		name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0]}
		node.Content = append(node.Content, name, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
	}
	last := node.Content[len(node.Content)-1]
	if len(path) > 1 {
		return add(last, path[1:], value)
	}
	if address, ok := value.(Address); ok {
		value = address.String()
	}
	*last = yaml.Node{}
	err := last.Encode(value)
	if last.Kind != yaml.ScalarNode {
		last.Style = yaml.FlowStyle
	}
	return err
}
