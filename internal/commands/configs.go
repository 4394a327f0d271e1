package commands

import (
	"fmt"

	"cifartrain/configs"
	"cifartrain/internal/runs"
)

// List prints the shipped configs, one on each line.
func List(s *runs.Session) {
	for _, shipped := range configs.Shipped() {
		fmt.Fprintf(s.Out, "%-26s %s\n", shipped.Name, shipped.Summary)
	}
}

// Show prints a config with all keys that have an effect. See [configs.Load]
// for the overrides.
func Show(s *runs.Session, path string, overrides []string) error {
	config, err := s.Load(path, overrides)
	if err != nil {
		return err
	}
	text, err := config.YAML()
	if err != nil {
		return err
	}
	_, err = s.Out.Write(text)
	return err
}
