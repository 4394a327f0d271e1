package runfolder

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// List returns the folders root/NAME/TIME of runs, sweeps and comparisons, the
// newest first. It leaves out links and hidden folders.
func List(root string) []*Folder {
	paths, _ := filepath.Glob(filepath.Join(root, "*", "*")) // only a bad pattern is an error
	var folders []*Folder
	for _, path := range paths {
		info, err := os.Lstat(path)
		if err != nil || !info.IsDir() || strings.HasPrefix(filepath.Base(path), ".") {
			continue
		}
		folder := &Folder{Path: path}
		if folder.Has(ConfigFile, SweepFile, ComparisonTable) {
			folders = append(folders, folder)
		}
	}
	slices.SortStableFunc(folders, func(a, b *Folder) int {
		return strings.Compare(filepath.Base(b.Path), filepath.Base(a.Path)) // timestamps sort as texts
	})
	return folders
}

// Has reports whether the folder has one of the files.
func (f *Folder) Has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		_, err := os.Stat(f.File(name))
		return err == nil
	})
}
