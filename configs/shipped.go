package configs

import (
	"embed"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

//go:embed *.yaml
var shippedFiles embed.FS

// ShippedConfig is a configuration file that is part of the program.
type ShippedConfig struct {
	Name    string // "svm" for configs/svm.yaml
	Summary string // one line: the third comment line of the file
}

// Shipped returns the configurations that are part of the program, sorted by
// name. [Load] takes them by that name.
func Shipped() (shipped []ShippedConfig) {
	for _, name := range shippedNames() {
		_, text, _ := readShipped(name)
		lines := strings.SplitN(string(text), "\n", 4) // the first names the schema, the second the command that runs the file
		shipped = append(shipped, ShippedConfig{name, strings.TrimPrefix(lines[2], "# ")})
	}
	return shipped
}

// readShipped returns the shipped file for a path at which there is no file:
// svm, svm.yaml and configs/svm.yaml all mean the same one.
func readShipped(name string) (source string, text []byte, found bool) {
	dir, base := path.Split(filepath.ToSlash(filepath.Clean(name)))
	base = strings.TrimSuffix(base, ".yaml") + ".yaml"
	text, err := shippedFiles.ReadFile(base)
	return path.Join("configs", base), text, err == nil && (dir == "" || dir == "configs/")
}

// shippedNames returns the names of the shipped configurations, sorted.
func shippedNames() (names []string) {
	files, _ := fs.Glob(shippedFiles, "*.yaml") // whose only error is a malformed pattern
	for _, file := range files {
		names = append(names, strings.TrimSuffix(file, ".yaml"))
	}
	return names
}
