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
// order. A list counts as one value.
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
	var values []ConfigValue
	var add func(prefix string, node *yaml.Node)
	add = func(prefix string, node *yaml.Node) {
		if node.Kind != yaml.MappingNode {
			values = append(values, ConfigValue{strings.TrimPrefix(prefix, "."), text(node)})
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			add(prefix+"."+node.Content[i].Value, node.Content[i+1])
		}
	}
	for _, node := range document.Content {
		add("", node)
	}
	return values, nil
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
