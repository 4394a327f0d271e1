package commands

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/runs"
)

// listConfigs prints the shipped configs, one on each line.
func (p *program) listConfigs(context.Context, []string) error {
	for _, shipped := range configs.Shipped() {
		fmt.Fprintf(p.stdout, "%-26s %s\n", shipped.Name, shipped.Summary)
	}
	return nil
}

// show prints a config with all keys that have an effect. It leaves out a name
// that the file's own name gives, so that a copy of the file is named anew.
func (p *program) show(_ context.Context, operands []string) error {
	config, err := runs.Load(operands[0], p.settings())
	if err != nil {
		return err
	}
	text, err := config.YAML()
	if err != nil {
		return err
	}
	if file := filepath.Base(operands[0]); config.Name == strings.TrimSuffix(file, filepath.Ext(file)) {
		text = bytes.TrimPrefix(text, []byte("name: "+config.Name+"\n"))
	}
	_, err = p.stdout.Write(text)
	return err
}

// schema prints the JSON Schema of config files; configs/schema.json is a copy.
func (p *program) schema(context.Context, []string) error {
	text, err := configs.Schema(runs.Kinds())
	if err != nil {
		return err
	}
	_, err = p.stdout.raw().Write(text)
	return err
}
