package configs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// ExpandHome replaces ~ at the start of a path by the home folder, as shells do
// for ~ alone and for ~/ before more. It returns an error if the system does
// not say which folder that is.
func ExpandHome(path string) (string, error) {
	rest, home := strings.CutPrefix(path, "~")
	if !home || rest != "" && !os.IsPathSeparator(rest[0]) {
		return path, nil
	}
	folder, err := os.UserHomeDir()
	if err != nil {
		return path, errors.New("~ stands for the home folder, but the environment variable HOME does not say which folder that is; write the path without ~")
	}
	return filepath.Join(folder, rest), nil
}
