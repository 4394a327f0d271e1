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
// section's keys that the override does not name keep their values. A key that
// the override sets is swept no longer.
func (d *decoder) override(argument string) {
	d.source = setFlag + oneLine(argument)
	path, text, found := strings.Cut(argument, "=")
	names := strings.Split(strings.TrimSpace(path), ".")
	if !found || slices.Contains(names, "") {
		d.report(Problem{Source: d.source, Message: "wants key=value, as in -set train.epochs=2"})
		return
	}
	path = strings.Join(names, ".")
	if names[0] == "sweep" && len(names) > 2 {
		names = []string{names[0], strings.Join(names[1:], ".")} // the keys in there are dotted themselves
	}
	value := d.document([]byte(text))
	if value == nil {
		d.distrust(path)
		return
	}
	for _, name := range slices.Backward(names) {
		key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, value}}
	}
	d.config(value)
	d.unsweep(path)
}
