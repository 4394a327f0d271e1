package configs

import (
	"cmp"
	"embed"
	"path"
	"path/filepath"
	"strings"
)

//go:embed *.yaml
var shippedFiles embed.FS

// shippedDir is where the shipped files lie in the source tree.
const shippedDir = "configs"

// ShippedConfig is a configuration file that is part of the program.
type ShippedConfig struct {
	Name    string // "svm" for configs/svm.yaml
	Summary string // one line: the second comment line of the file
	Source  []byte // the file as it was shipped
}

// Shipped returns the configurations that are part of the program, sorted by
// name. [Load] takes them by that name.
func Shipped() (shipped []ShippedConfig) {
	entries, err := shippedFiles.ReadDir(".") // sorted by name
	for _, entry := range entries {
		source, broken := shippedFiles.ReadFile(entry.Name())
		err = cmp.Or(err, broken)
		shipped = append(shipped, ShippedConfig{strings.TrimSuffix(entry.Name(), ".yaml"), summary(source), source})
	}
	if err != nil {
		panic("configs: the embedded files are unreadable: " + err.Error()) // a broken build
	}
	return shipped
}

// summary returns the text of a file's second comment line; the first holds
// the command that runs the file.
func summary(source []byte) string {
	lines := strings.SplitN(string(source), "\n", 3)
	if len(lines) < 2 || !strings.HasPrefix(lines[1], "#") {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(lines[1], "#"))
}

// readShipped returns the shipped file for a path at which there is no file:
// svm, svm.yaml and configs/svm.yaml all mean the same one.
func readShipped(name string) (source string, text []byte, found bool) {
	dir, base := path.Split(filepath.ToSlash(filepath.Clean(name)))
	base = strings.TrimSuffix(base, ".yaml") + ".yaml"
	text, err := shippedFiles.ReadFile(base)
	return path.Join(shippedDir, base), text, err == nil && (dir == "" || dir == shippedDir+"/")
}

// shippedNames returns the names of the shipped configurations, sorted.
func shippedNames() []string {
	var names []string
	for _, s := range Shipped() {
		names = append(names, s.Name)
	}
	return names
}
