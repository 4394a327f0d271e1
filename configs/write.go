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
	settings := []Setting{{Config: c}}
	if c.Sweep != nil {
		settings = c.Sweep.Settings
	}
	var err error
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, k := range format {
		var values []any // each different
		for i := range settings {
			of := &settings[i].Config
			if value := k.field(of); !below(k.path, "sweep") && value.IsValid() && of.idle(k) == "" && (values == nil || !reflect.DeepEqual(values[0], value.Interface())) {
				values = append(values, value.Interface())
			}
		}
		if len(values) == 1 && !c.Sweep.has(k.path) {
			err = errors.Join(err, add(root, strings.Split(k.path, "."), values[0]))
		}
	}
	if c.Sweep != nil {
		for _, swept := range c.Sweep.Keys {
			var values any = swept.Values
			if swept.Range != nil {
				values = swept.Range
			}
			err = errors.Join(err, add(root, []string{"sweep", swept.Key}, values))
		}
		for _, k := range format {
			if below(k.path, "sweep") && c.idle(k) == "" {
				err = errors.Join(err, add(root, strings.Split(k.path, "."), k.field(&c).Interface()))
			}
		}
	}
	text, dumping := yaml.Dump(root, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err = errors.Join(err, dumping); err != nil {
		return nil, fmt.Errorf("write the config %s as YAML: %w", c.Name, err)
	}
	return text, nil
}

// add puts a value into a mapping under the names of a path, and makes the
// mappings on the way. Keys of one section come one after the other.
func add(node *yaml.Node, path []string, value any) error {
	if n := len(node.Content); n == 0 || node.Content[n-2].Value != path[0] {
		name := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0]}
		node.Content = append(node.Content, name, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
	}
	last := node.Content[len(node.Content)-1]
	if len(path) > 1 {
		return add(last, path[1:], value)
	}
	*last = yaml.Node{}
	err := last.Encode(value)
	if last.Kind != yaml.ScalarNode {
		last.Style = yaml.FlowStyle
	}
	return err
}
