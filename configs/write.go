package configs

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// YAML returns the configuration as a file with every key that has an effect, in
// the format's order, lists on one line. Loading it gives an equal Config. Of a
// sweep it leaves out the defaults that differ from setting to setting, too.
func (c Config) YAML() ([]byte, error) {
	root := mapping()
	for _, k := range format {
		if value := c.written(k); value.IsValid() {
			if err := add(root, k.path, value.Interface()); err != nil {
				return nil, fmt.Errorf("write the config %s as YAML: %s: %w", c.Name, k.path, err)
			}
		}
	}
	if c.Sweep != nil {
		sweep, err := c.Sweep.section()
		if err != nil {
			return nil, fmt.Errorf("write the config %s as YAML: %w", c.Name, err)
		}
		root.Content = append(root.Content, text("sweep"), sweep)
	}
	written, err := yaml.Dump(root, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("write the config %s as YAML: %w", c.Name, err)
	}
	return written, nil
}

// written returns the value of a key that stands in the file; it is invalid for
// one that does not.
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

// acting returns the value of a key that has an effect; it is invalid for any other.
func (c *Config) acting(k *key) reflect.Value {
	in := reflect.ValueOf(c).Elem()
	if c.idle(k, in) != "" {
		return reflect.Value{}
	}
	return k.field(in)
}

// section returns the sweep's section: the swept keys, then its own that have an
// effect.
func (s *Sweep) section() (*yaml.Node, error) {
	node := mapping()
	for _, swept := range s.Keys {
		value, err := encoded(swept.Values)
		if err != nil {
			return nil, fmt.Errorf("sweep.%s: %w", swept.Key, err)
		}
		node.Content = append(node.Content, text(swept.Key), value)
	}
	in := reflect.ValueOf(s).Elem()
	for _, k := range sweepFormat {
		if new(Config).idle(k, in) != "" {
			continue
		}
		if err := add(node, strings.TrimPrefix(k.path, "sweep."), k.field(in).Interface()); err != nil {
			return nil, fmt.Errorf("%s: %w", k.path, err)
		}
	}
	return node, nil
}

// add puts a value into a mapping under a dotted path, in mappings of its own.
func add(node *yaml.Node, path string, value any) error {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		value, err := encoded(value)
		node.Content = append(node.Content, text(name), value)
		return err
	}
	if n := len(node.Content); n == 0 || node.Content[n-2].Value != name { // keys of a section follow each other
		node.Content = append(node.Content, text(name), mapping())
	}
	return add(node.Content[len(node.Content)-1], rest, value)
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} }

func text(name string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
}

func encoded(value any) (*yaml.Node, error) {
	if address, ok := value.(Address); ok {
		value = address.String()
	}
	node := new(yaml.Node)
	err := node.Encode(value)
	if node.Kind == yaml.SequenceNode {
		node.Style = yaml.FlowStyle
	}
	return node, err
}
