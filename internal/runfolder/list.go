package runfolder

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// List returns the folders root/NAME/TIME of runs, sweeps and comparisons, the
// newest first. It leaves out links and hidden folders.
func List(root string) []*Folder {
	entries, _ := fs.Glob(os.DirFS(root), "*/*") // only a bad pattern is an error; root is none, whatever its name is
	var folders []*Folder
	for _, entry := range entries {
		folder := &Folder{Path: filepath.Join(root, filepath.FromSlash(entry))}
		info, err := os.Lstat(folder.Path)
		if err == nil && info.IsDir() && !strings.HasPrefix(info.Name(), ".") && folder.Has(ConfigFile, SweepFile, ComparisonTable) {
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
