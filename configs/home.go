package configs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// ExpandHome returns a path in which the home folder takes the place of ~ at the
// start, as shells do for a word of its own: ~ alone and ~/ before more. It fails
// where the system names no home folder.
func ExpandHome(path string) (string, error) {
	rest, home := strings.CutPrefix(path, "~")
	if !home || rest != "" && !os.IsPathSeparator(rest[0]) {
		return path, nil
	}
	folder, err := os.UserHomeDir()
	if err != nil {
		return path, errors.New("~ stands for the home folder, which the environment variable HOME does not name; write the path without ~")
	}
	return filepath.Join(folder, rest), nil
}
