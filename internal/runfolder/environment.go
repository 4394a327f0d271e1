package runfolder

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"

	"cifartrain/internal/shell"
)

// Development is the version of a program that was built without a commit or a
// released version.
const Development = "development"

// Version is this program's version: the commit it was built from ("+dirty" if
// files were changed since), or its module's version, or [Development] if neither is
// known. The build records the commit, except for "go run .", which has just built
// what the working directory holds.
var Version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Development
	}
	settings := make(map[string]string)
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	if revision := settings["vcs.revision"]; revision != "" {
		if settings["vcs.modified"] == "true" {
			revision += "+dirty"
		}
		return revision
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	file, err := os.ReadFile("go.mod")
	if err != nil || shell.Program() != "go run ." || !bytes.HasPrefix(file, []byte("module "+info.Main.Path+"\n")) {
		return Development
	}
	commit, err := exec.Command("git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+dirty").Output()
	if err != nil {
		return Development
	}
	return strings.TrimSpace(string(commit))
})

// Executable returns the SHA-256 of this program's file, in hexadecimal. It is empty
// if the file cannot be read any more.
var Executable = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return ""
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
})
