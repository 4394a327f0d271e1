package configs

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
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
// models that model.kind may ask for, at least one.
//
// Every error is an [*Error] with all problems of the file and the overrides.
func Load(path string, overrides []string, kinds []Kind) (Config, error) {
	source, text, problem := read(path)
	if problem != "" {
		return Config{}, &Error{[]Problem{{Source: source, Message: problem}}}
	}
	return Parse(source, text, overrides, kinds)
}

// Parse is [Load] for the text of a file called source.
func Parse(source string, text []byte, overrides []string, kinds []Kind) (c Config, err error) {
	r := &reader{sources: []string{source}, kinds: kinds, given: map[string]*given{}, wrong: map[string]bool{}}
	if root := r.parse(text); root != nil && root.Kind == yaml.MappingNode {
		r.section(root, "")
	} else if root != nil {
		r.refuse(root.Line, "holds "+described(root)+" where keys such as `model:` are expected")
	}
	for _, override := range overrides {
		r.override(override)
	}
	if !r.unreadable { // else the problems of the defaults, which are all that is left, are not the user's doing
		c = r.finish()
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { // a source's problems as a whole follow those of its lines
			return cmp.Or(cmp.Compare(slices.Index(r.sources, a.Source), slices.Index(r.sources, b.Source)), cmp.Compare(uint(a.Line-1), uint(b.Line-1)))
		})
		return Config{}, &Error{r.problems}
	}
	return c, nil
}

// read returns the text of the file at path, or of the shipped file of that
// name, and what to call it in messages. problem is "" if all went well.
func read(path string) (source string, text []byte, problem string) {
	shipped := "the shipped configurations are " + strings.Join(shippedNames(), ", ")
	info, err := os.Stat(path)
	folder, missing := err == nil && info.IsDir(), errors.Is(err, fs.ErrNotExist)
	if folder || missing {
		if source, text, found := readShipped(path); found {
			return source, text, ""
		}
	}
	switch {
	case path == "":
		return "-config", nil, "names no file; " + shipped
	case missing:
		return path, nil, "there is no such file" + didYouMean(strings.TrimSuffix(filepath.Base(path), ".yaml"), shippedNames()) + "; " + shipped
	case folder:
		return path, nil, "this is a folder; name a configuration file in it"
	}
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		text, err = io.ReadAll(io.LimitReader(f, maxFileSize+1)) // so that memory never holds a huge file
	}
	var where *fs.PathError
	if errors.As(err, &where) {
		err = where.Err // the path is in front of the message already
	}
	if err != nil {
		return path, nil, "cannot be read: " + err.Error()
	}
	return path, text, ""
}
