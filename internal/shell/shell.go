// Package shell writes the commands that messages tell people to type, so that
// each of them works when it is pasted.
package shell

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// Command returns the command line that calls this program with arguments.
func Command(args ...string) string {
	return Program() + " " + Quote(args...)
}

// cached matches the path at which go keeps a program that it ran before, in the
// folder that GOCACHE names.
var cached = regexp.MustCompile(`/[0-9a-f]{2}/[0-9a-f]{64}-d/[^/]+$`)

// Program is how this program was called: "go run ." if go built it for this
// one call, otherwise the path of its file.
func Program() string {
	if path := filepath.ToSlash(os.Args[0]); strings.Contains(path, "/go-build") || cached.MatchString(path) {
		return "go run ."
	}
	return Quote(os.Args[0])
}

// Quote joins arguments into a line that a shell splits into the same
// arguments.
func Quote(args ...string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = quote(arg, runtime.GOOS == "windows")
	}
	return strings.Join(quoted, " ")
}

// plain are the characters, besides letters and digits, that have no special
// meaning in any shell.
const plain = "-_./=:,+@%"

// quote returns one argument for a shell: cmd.exe, or one like sh.
func quote(arg string, windows bool) string {
	harmless := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(plain, r) || windows && r == '\\'
	}
	switch {
	case arg != "" && strings.TrimFunc(arg, harmless) == "":
		return arg
	case windows:
		return `"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
