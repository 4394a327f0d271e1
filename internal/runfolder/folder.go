// Package runfolder defines the folder that a training run leaves behind: which
// files it holds, what they are called and how they are written, so that a
// reader never sees half a file.
//
//	config.yaml         the resolved config
//	metrics.csv         one row an epoch, written as the epoch ends
//	layers.csv          one row an epoch and layer, written with it
//	correct.csv         which test images the best weights classify correctly
//	summary.json        final, best and test figures, and what made them
//	*.png               curves and other pictures
//	model.safetensors   the last weights
//	best.safetensors    those of the lowest validation loss
//	init.safetensors    those the run started from, where a file gave them
//	tensorboard/        event files, where they were asked for
//	graph.dot           the model's expression graph as it is written, without gradients
//	report.html         one page with all of the above
//	checkpoint          what the run goes on from; checkpoint.previous is older
package runfolder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cifartrain/internal/shell"
)

// The names of files that every run folder may hold.
const (
	ConfigFile      = "config.yaml"
	MetricsFile     = "metrics.csv"
	LayersFile      = "layers.csv"
	CorrectFile     = "correct.csv"
	SummaryFile     = "summary.json"
	LastWeightsFile = "model.safetensors"
	BestWeightsFile = "best.safetensors"

	InitialWeightsFile = "init.safetensors"

	GraphFile  = "graph.dot"
	ReportFile = "report.html"

	TensorBoardFolder = "tensorboard"
)

// RatesPicture shows a learning-rate range test. It lies beside the run folders of one
// name, because no run depends on it.
const RatesPicture = "find-rate.png"

// Latest is the link, beside the run folders of one name, that points at the
// newest.
const Latest = "latest"

// A Folder is one run's folder.
type Folder struct {
	Path string

	// before is called before each step of writing the file at path, and returns why
	// the step must not be done: another process has taken the folder over, or a test
	// lets the step fail. It may be nil.
	before func(step, path string) error
}

// Create makes the folder root/name/<UTC timestamp> for a run that starts now.
// If there is one for the same second, a number follows the timestamp, so that
// runs never share a folder.
func Create(root, name string, now time.Time) (*Folder, error) {
	parent := filepath.Join(root, name)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, fmt.Errorf("making %s: %w; choose another place with -runs", parent, err)
	}
	path := filepath.Join(parent, now.UTC().Format("20060102T150405Z"))
	numbered := path
	for n := 2; ; n++ {
		err := os.Mkdir(numbered, 0o777)
		if err == nil {
			return &Folder{Path: numbered}, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("%w; choose another place with -runs", err)
		}
		numbered = fmt.Sprintf("%s-%d", path, n)
	}
}

// PointLatest makes root/name/latest a link to the folder and replaces an older
// link in one step. On a system that allows no links it writes the folder's
// name into a file instead.
func (f *Folder) PointLatest() error {
	parent, entry := filepath.Split(f.Path)
	link, beside := filepath.Join(parent, Latest), filepath.Join(parent, "."+Latest+"-"+entry)
	err := os.Symlink(entry, beside)
	if err != nil {
		err = os.WriteFile(beside, []byte(entry+"\n"), 0o666)
	}
	if err == nil {
		err = os.Rename(beside, link)
	}
	if info, statErr := os.Lstat(link); err != nil && statErr == nil && !info.IsDir() {
		// Some systems do not rename over a link.
		err = errors.Join(os.Remove(link), os.Rename(beside, link))
	}
	if err != nil {
		os.Remove(beside)
		return fmt.Errorf("pointing %s at %s: %w", link, entry, err)
	}
	return nil
}

// A wrongRunError is a run that is not what was asked for. It counts as fs.ErrNotExist
// if there may be one later.
type wrongRunError struct {
	error
	later bool
}

// WrongRequest marks the error as a fault of the request.
func (wrongRunError) WrongRequest() {}

func (e wrongRunError) Unwrap() error { return e.error }

func (e wrongRunError) Is(target error) bool { return e.later && target == fs.ErrNotExist }

// notRun returns Open's error for a path at which there is no run folder, and why.
func notRun(path string, why error, later bool) error {
	return wrongRunError{fmt.Errorf("%s is not a run folder: %w; runs are in runs/NAME/TIME, the newest of a name in runs/NAME/latest", path, why), later}
}

// Open opens the run folder at path, which must hold a config. If path is a
// latest link, the folder stays the one that it points at now. The error says what
// is there instead, and counts as fs.ErrNotExist if a run may still come.
func Open(path string) (*Folder, error) {
	resolved, err := resolve(path)
	if errors.Is(err, fs.ErrNotExist) {
		if target, err := os.Readlink(path); err == nil {
			return nil, notRun(path, fmt.Errorf("it points at %s, which is gone; name another run", target), false)
		}
		return nil, notRun(path, errors.New("there is no such folder"), true)
	} else if err != nil {
		return nil, notRun(path, err, false)
	}
	f := &Folder{Path: resolved}
	info, err := os.Stat(f.File(ConfigFile))
	if err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		return f, nil
	}
	newest := filepath.Join(path, Latest)
	holds, holdsErr := resolve(newest)
	switch {
	case f.Has(SweepFile):
		return nil, wrongRunError{error: fmt.Errorf("%s is a sweep without its %s: name one of its runs, or do it again with: %s",
			path, PlanFile, shell.Command("-config", f.File(SweepFile)))}
	case f.Has(ComparisonTable):
		return nil, wrongRunError{error: fmt.Errorf("%s is a comparison of runs, not a run: see its %s, or name one of the runs that it lists", path, ReportFile)}
	case holdsErr == nil && (&Folder{Path: holds}).Has(ConfigFile, SweepFile):
		return nil, wrongRunError{error: fmt.Errorf("%s holds runs; name one of them, such as %s", path, newest)}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, notRun(path, err, false)
	case f.Has(ReportFile):
		return nil, notRun(path, fmt.Errorf("its %s is missing, empty or not a file: write into it the config that its %s shows", ConfigFile, ReportFile), false)
	case err != nil:
		return nil, notRun(path, errors.New("it holds no "+ConfigFile), true)
	}
	return nil, notRun(path, errors.New(ConfigFile+" is not a file, or is empty"), false)
}

// resolve follows links, and a latest that is a file (see PointLatest).
func resolve(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().IsRegular() && filepath.Base(path) == Latest {
		entry, err := read(path, maxTextFile)
		if err != nil {
			return "", err
		}
		return filepath.Join(filepath.Dir(path), filepath.Base(strings.TrimSpace(string(entry)))), nil
	}
	return filepath.EvalSymlinks(path)
}

// Files returns the names of the files that a person sees in the folder,
// sorted: all except checkpoints and hidden files.
func (f *Folder) Files() (names []string, err error) {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return nil, fmt.Errorf("listing the files of the run: %w", err)
	}
	for _, entry := range entries {
		if name := entry.Name(); entry.Type().IsRegular() && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, CheckpointFile) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Missing returns which of the files that a summary lists are gone.
func (f *Folder) Missing(s *Summary) (names []string) {
	for _, name := range s.Files {
		if _, err := os.Lstat(f.File(filepath.Base(name))); err != nil {
			names = append(names, name)
		}
	}
	return names
}

// Damaged returns which of the files that a run can write again from its checkpoint,
// its weights and its metrics, can no longer be read.
func (f *Folder) Damaged(s *Summary) (names []string) {
	for _, name := range []string{BestWeightsFile, LastWeightsFile} {
		if _, err := ReadWeights(f.File(name), s.Parameters); err != nil && !errors.Is(err, fs.ErrNotExist) {
			names = append(names, name)
		}
	}
	if _, err := f.FullHistory(s.Epochs); err != nil {
		names = append(names, MetricsFile)
	}
	return names
}

// File is the path of a file in the folder.
func (f *Folder) File(name string) string { return filepath.Join(f.Path, name) }

// Write writes a file of the folder, whole or not at all: it writes a new file,
// syncs and renames it. The error is a *WriteError.
func (f *Folder) Write(name string, content []byte) error {
	return f.replace(f.File(name), "", content)
}

// Remove removes a file of the folder, if it is there. The error is a *WriteError.
func (f *Folder) Remove(name string) error {
	path := f.File(name)
	if err := f.step("remove", path, func() error { return ignoreMissing(os.Remove(path)) }); err != nil {
		return newWriteError(path, err)
	}
	return nil
}

// WriteWith writes a file whose content draw produces; see Write.
func (f *Folder) WriteWith(name string, draw func(io.Writer) error) error {
	var content bytes.Buffer
	if err := draw(&content); err != nil {
		return fmt.Errorf("making %s: %w", name, err)
	}
	return f.Write(name, content.Bytes())
}

func (f *Folder) writeJSON(name string, value any) error {
	return f.WriteWith(name, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(value)
	})
}

// WriteNew writes a file outside of run folders, whole or not at all. If path
// exists, it changes nothing and returns an error that wraps fs.ErrExist.
func WriteNew(path string, content []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("writing %s: %w", path, fs.ErrExist)
	}
	return new(Folder).replace(path, "", content)
}
