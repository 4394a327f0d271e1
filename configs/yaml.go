package configs

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// YAML returns the configuration with every key, in the format's order, lists
// on one line. Loading it gives an equal Config.
func (c Config) YAML() ([]byte, error) {
	text, err := yaml.Dump(c, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("configs: write %s as YAML: %w", c.Name, err)
	}
	return text, nil
}
