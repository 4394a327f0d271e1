package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFileSize bounds what is read. The longest sensible configuration is a few
// kilobytes, and each byte of hostile YAML costs three hundred in memory.
const maxFileSize = 256 << 10

// Load reads the configuration at path and applies the overrides in their
// order. path is a file or, if there is no such file, the name of a shipped
// configuration ("svm", "svm.yaml", "configs/svm.yaml"). An override is
// "key=value" with the key's dotted path and the value in YAML, such as
// "train.epochs=2" or "data.classes=[frog, horse]". It is typed and checked as
// the file is; null takes a key or a section out of the file. kinds are the
// models that model.kind may ask for.
//
// Every error is an [*Error] with all problems of the file and the overrides.
func Load(path string, overrides []string, kinds []Kind) (Config, error) {
	source, text, problem := read(path)
	if problem != "" {
		return Config{}, &Error{Problems: []Problem{{Source: source, Message: problem}}}
	}
	return Parse(source, text, overrides, kinds)
}

// Parse is [Load] for the text of a file called source.
func Parse(source string, text []byte, overrides []string, kinds []Kind) (Config, error) {
	r := newReader(source, kinds)
	if root := r.parse(text); root != nil {
		r.document(root)
	}
	for _, override := range overrides {
		r.override(override)
	}
	r.source = source
	var config Config
	// If the file could not be read at all, only defaults are left, and their
	// problems are not the user's doing.
	if !r.unreadable {
		config = r.config()
	}
	if err := r.err(); err != nil {
		return Config{}, err
	}
	return config, nil
}

// read returns the text of the file at path, or of the shipped file of that
// name, and what to call it in messages. problem is "" if all went well.
func read(path string) (source string, text []byte, problem string) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		if source, text, found := readShipped(path); found {
			return source, text, ""
		}
	}
	switch {
	case path == "":
		return "-config", nil, "names no file; " + shippedHint()
	case errors.Is(err, fs.ErrNotExist):
		return path, nil, "there is no such file" + misspelling(path) + "; " + shippedHint()
	case err == nil && info.IsDir():
		return path, nil, "this is a folder; name a configuration file in it"
	case err == nil:
		text, err = readBounded(path)
	}
	if err != nil {
		var where *fs.PathError
		if errors.As(err, &where) {
			err = where.Err // the path is in front of the message already
		}
		return path, nil, fmt.Sprintf("cannot be read: %v", err)
	}
	return path, text, ""
}

// readBounded reads a file up to one byte past the limit, so that memory never
// holds a huge file or an endless device.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileSize+1))
}

// misspelling suggests the shipped configuration whose name is close to a
// missing path.
func misspelling(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".yaml")
	if meant := nearest(name, shippedNames()); meant != "" {
		return fmt.Sprintf(" (did you mean %s?)", meant)
	}
	return ""
}

func shippedHint() string {
	return "the shipped configurations are " + strings.Join(shippedNames(), ", ")
}
