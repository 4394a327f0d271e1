package runfolder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
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
func Version() string { return version() }

var version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Development
	}
	revision, changed := "", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			changed = "+dirty"
		}
	}
	if revision != "" {
		return revision + changed
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	if commit := checkedOut(info.Main.Path); commit != "" {
		return commit
	}
	return Development
})

// checkedOut returns the commit of the working directory, if "go run ." was called
// there, in the given module. It returns "" if that is not known.
func checkedOut(module string) string {
	file, err := os.ReadFile("go.mod")
	if err != nil || shell.Program() != "go run ." || !bytes.HasPrefix(file, []byte("module "+module+"\n")) {
		return ""
	}
	commit, err := exec.Command("git", "rev-parse", "HEAD").Output()
	changes, failed := exec.Command("git", "status", "--porcelain", "--untracked-files=no").Output()
	if err != nil || failed != nil {
		return ""
	}
	text := strings.TrimSpace(string(commit))
	if len(changes) > 0 {
		text += "+dirty"
	}
	return text
}

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
	return hex.EncodeToString(sum.Sum(nil))
})
