package runfolder

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A ConfigValue is a key of a run's config and its value, as config.yaml writes
// them.
type ConfigValue struct {
	Key  string // dotted
	Text string
}

// ConfigValues returns the keys and values of the run's config.yaml, in its
// order.
func (f *Folder) ConfigValues() ([]ConfigValue, error) {
	path := f.File(ConfigFile)
	content, err := read(path, maxTextFile)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	return flatten(nil, "", document.Content[0]), nil
}

// flatten appends the values that a node holds, with prefix before their dotted
// keys. A list counts as one value.
func flatten(values []ConfigValue, prefix string, node *yaml.Node) []ConfigValue {
	if node.Kind != yaml.MappingNode {
		return append(values, ConfigValue{prefix, text(node)})
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i].Value
		if prefix != "" {
			key = prefix + "." + key
		}
		values = flatten(values, key, node.Content[i+1])
	}
	return values
}

// text returns a value on one line.
func text(node *yaml.Node) string {
	if node.Kind != yaml.SequenceNode {
		return shortened(node.Value)
	}
	var parts []string
	for _, item := range node.Content {
		parts = append(parts, text(item))
	}
	return shortened("[" + strings.Join(parts, ", ") + "]")
}
