package configs

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// setFlag begins the source of an override's problems, as the user typed it.
const setFlag = "-set "

// override applies one "dotted.key=value". It becomes the mapping that a file
// would hold for it, so that both are typed, checked and reported alike. A
// section's keys that the override does not name keep their values.
func (d *decoder) override(argument string) {
	d.source = setFlag + oneLine(argument)
	path, text, found := strings.Cut(argument, "=")
	names := strings.Split(strings.TrimSpace(path), ".")
	if !found || slices.Contains(names, "") {
		d.report(Problem{Source: d.source, Message: "wants key=value, as in -set train.epochs=2"})
		return
	}
	value := d.document([]byte(text))
	if value == nil {
		d.distrust(strings.Join(names, "."))
		return
	}
	for _, name := range slices.Backward(names) {
		key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, value}}
	}
	d.config(value)
}
