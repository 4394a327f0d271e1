package runfolder

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The files of a folder of many runs, besides those of a comparison.
const (
	PlanFile     = "plan.json"
	SweepFile    = "sweep.yaml" // of a sweep: the resolved config, for people
	SweepPicture = "sweep.png"
)

// A Plan lists many runs that are trained one after the other, or by several
// processes together, and are then compared.
type Plan struct {
	Configs  []string `json:"configs"` // their texts: one that sweeps keys, or several
	Seeds    int      `json:"seeds"`   // how many seeds each config or setting is trained with
	Runs     []string `json:"runs"`    // the runs' folders, relative to the plan's: all seeds of the first setting, then those of the second, and so on
	Dataset  string   `json:"dataset"` // of the first run
	Checksum string   `json:"checksum"`
}

// WritePlan writes plan.json.
func (f *Folder) WritePlan(p *Plan) error { return f.writeJSON(PlanFile, p) }

// OpenPlan returns the folder at path and the plan in it. found is false if there
// is none.
func OpenPlan(path string) (f *Folder, p *Plan, found bool, err error) {
	const mostBytes = 16 << 20 // room for a thousand configs
	resolved, err := resolve(path)
	if err != nil {
		return nil, nil, false, nil
	}
	f, p = &Folder{Path: resolved}, new(Plan)
	content, err := read(f.File(PlanFile), mostBytes)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, false, nil
	}
	if err == nil {
		err = json.Unmarshal(content, p)
	}
	if err == nil && (len(p.Configs) == 0 || p.Seeds < 1 || len(p.Runs) == 0) {
		err = errors.New("it lists no configs, seeds or runs")
	}
	if err != nil {
		return nil, nil, true, fmt.Errorf("reading the plan of the runs in %s: %w; without it, only compare them, or train them again with -config", f.File(PlanFile), err)
	}
	return f, p, true, nil
}

// OpenSweep returns the folder at path. found is false if it is not a sweep's.
func OpenSweep(path string) (folder *Folder, found bool) {
	resolved, err := resolve(path)
	folder = &Folder{Path: resolved}
	return folder, err == nil && folder.Has(SweepFile)
}

// IsComparison reports whether the folder at path is that of a comparison of runs, not
// of a sweep.
func IsComparison(path string) bool {
	resolved, err := resolve(path)
	folder := &Folder{Path: resolved}
	return err == nil && folder.Has(ComparisonTable) && !folder.Has(SweepFile)
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
	if folder.Has(PlanFile) {
		return folder, false, os.RemoveAll(f.Path)
	}
	err = fmt.Errorf("making %s: %w", folder.Path, err)
	if _, statErr := os.Lstat(folder.Path); statErr == nil {
		err = fmt.Errorf("%s holds no sweep to join: choose another name with -join, or remove it", folder.Path)
	}
	return nil, false, errors.Join(err, os.RemoveAll(f.Path))
}

// RunName is the name of a run's folder in a sweep: its number, counted from 1,
// and its setting.
func RunName(number, all int, label string) string {
	const longest = 150 // file systems allow 255 bytes
	name := fmt.Sprintf("%0*d-%s", max(2, len(fmt.Sprint(all))), number, strings.ReplaceAll(label, ", ", ","))
	return name[:min(len(name), longest)]
}
