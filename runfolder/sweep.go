package runfolder

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The files of a sweep's folder, beside those of a comparison. Each of its runs
// is a folder in it.
const (
	SweepFile    = "sweep.yaml" // the resolved config with its sweep
	SweepPicture = "sweep.png"
)

// CreateRun makes the folder of one of a sweep's runs in the sweep's folder.
func (f *Folder) CreateRun(name string) (*Folder, error) {
	run := &Folder{Path: f.File(name), disk: f.disk}
	if err := os.Mkdir(run.Path, 0o777); err != nil {
		return nil, newWriteError(run.Path, err)
	}
	return run, nil
}

// OpenSweep returns the sweep's folder at path with those of its runs, in their
// order. found is false where the path is that of something else.
func OpenSweep(path string) (folder *Folder, runs []*Folder, found bool) {
	resolved, err := resolve(path)
	if err != nil {
		return nil, nil, false
	}
	folder = &Folder{Path: resolved}
	if _, err := os.Stat(folder.File(SweepFile)); err != nil {
		return nil, nil, false
	}
	configs, _ := filepath.Glob(folder.File(filepath.Join("*", ConfigFile))) // sorted; only a bad pattern is an error
	for _, config := range configs {
		runs = append(runs, &Folder{Path: filepath.Dir(config)})
	}
	return folder, runs, true
}

// RunName is the folder's name of a sweep's run: its number among all, from 1,
// and its setting.
func RunName(number, all int, label string) string {
	const longest = 150 // file systems take 255 bytes
	name := fmt.Sprintf("%0*d-%s", max(2, len(fmt.Sprint(all))), number, strings.ReplaceAll(label, ", ", ","))
	return name[:min(len(name), longest)]
}
