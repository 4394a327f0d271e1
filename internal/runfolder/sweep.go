package runfolder

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The files of a sweep's folder, besides those of a comparison. Each run of the
// sweep is a folder in it.
const (
	SweepFile    = "sweep.yaml" // the resolved config with its sweep
	SweepPicture = "sweep.png"
	PlanFile     = "plan.json" // of a sweep that many processes may join
)

// A Plan is what the processes that join a sweep must agree on, besides its
// config.
type Plan struct {
	Seeds    int    `json:"seeds"` // how many seeds each setting is trained with
	Dataset  string `json:"dataset"`
	Checksum string `json:"checksum"` // of the dataset
}

// WritePlan writes plan.json.
func (f *Folder) WritePlan(p Plan) error {
	content, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("making %s: %w", PlanFile, err)
	}
	return f.Write(PlanFile, append(content, '\n'))
}

// Plan reads plan.json.
func (f *Folder) Plan() (p Plan, err error) {
	content, err := read(f.File(PlanFile), maxTextFile)
	if err == nil {
		err = json.Unmarshal(content, &p)
	}
	if err != nil {
		return Plan{}, fmt.Errorf("cannot read the sweep's plan from %s: %w", f.File(PlanFile), err)
	}
	return p, nil
}

// Draft creates a hidden folder beside root/name/entry. It is filled and then
// published as that entry.
func Draft(root, name, entry string) (*Folder, error) {
	parent := filepath.Join(root, name)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, fmt.Errorf("making %s: %w; choose another place with -runs", parent, err)
	}
	path, err := os.MkdirTemp(parent, "."+entry+"-")
	if err != nil {
		return nil, fmt.Errorf("%w; choose another place with -runs", err)
	}
	return &Folder{Path: path}, os.Chmod(path, 0o755) // MkdirTemp allows only the owner in
}

// Publish moves a draft to its place in one step. If another process has
// published one there first, published is false and the draft is deleted.
func (f *Folder) Publish(entry string) (folder *Folder, published bool, err error) {
	folder = &Folder{Path: filepath.Join(filepath.Dir(f.Path), entry)}
	err = os.Rename(f.Path, folder.Path)
	if err == nil {
		return folder, true, nil
	}
	if _, statErr := os.Stat(folder.File(SweepFile)); statErr == nil {
		return folder, false, os.RemoveAll(f.Path)
	}
	err = fmt.Errorf("making %s: %w", folder.Path, err)
	if _, statErr := os.Lstat(folder.Path); statErr == nil {
		err = fmt.Errorf("%s holds no sweep to join: choose another name with -join, or remove it", folder.Path)
	}
	return nil, false, errors.Join(err, os.RemoveAll(f.Path))
}

// CreateRun makes the folder of one run in the sweep's folder.
func (f *Folder) CreateRun(name string) (*Folder, error) {
	run := &Folder{Path: f.File(name), disk: f.disk}
	if err := os.Mkdir(run.Path, 0o777); err != nil {
		return nil, newWriteError(run.Path, err)
	}
	return run, nil
}

// OpenSweep returns the sweep's folder at path and the folders of its runs, in
// order. found is false if there is no sweep at path.
func OpenSweep(path string) (folder *Folder, runs []*Folder, found bool) {
	resolved, err := resolve(path)
	if err != nil {
		return nil, nil, false
	}
	folder = &Folder{Path: resolved}
	if info, err := os.Stat(folder.File(SweepFile)); err != nil || !info.Mode().IsRegular() {
		return nil, nil, false
	}
	configs, _ := filepath.Glob(folder.File(filepath.Join("*", ConfigFile))) // sorted; only a bad pattern is an error
	for _, config := range configs {
		runs = append(runs, &Folder{Path: filepath.Dir(config)})
	}
	return folder, runs, true
}

// RunName is the name of a run's folder in a sweep: its number, counted from 1,
// and its setting.
func RunName(number, all int, label string) string {
	const longest = 150 // file systems allow 255 bytes
	name := fmt.Sprintf("%0*d-%s", max(2, len(fmt.Sprint(all))), number, strings.ReplaceAll(label, ", ", ","))
	return name[:min(len(name), longest)]
}

// RunNumber is the number that a run's folder in a sweep is named with, or 0.
func RunNumber(f *Folder) int {
	number, _, _ := strings.Cut(filepath.Base(f.Path), "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}
