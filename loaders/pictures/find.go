package pictures

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// endings are those of files that are taken for pictures whatever they hold, so
// that a damaged picture, or one in a format that is not read, is an error.
var endings = []string{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif"}

// leftByOthers are the names, in lower case, of what operating systems, storage
// devices and archivers leave in folders of pictures.
var leftByOthers = []string{"thumbs.db", "desktop.ini", "__macosx", "@eadir", "#recycle", "$recycle.bin", "lost+found", "system volume information"}

// A Folder is what one folder holds, or several, as paths.
type Folder struct {
	Pictures []string
	Folders  []string

	// PassedOver are hidden files and folders, those that systems leave behind,
	// pipes and the like, and files that neither have the ending of a picture nor
	// begin like one.
	PassedOver []string

	// Faults are links that lead nowhere and folders that cannot be read.
	Faults []error
}

// List returns what is in a folder, in the order of the names. It is the one rule
// of which files are read, for training, predict and encode.
func List(dir string) (found Folder) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Folder{Faults: []error{err}}
	}
	for _, entry := range entries {
		name, path := entry.Name(), filepath.Join(dir, entry.Name())
		if strings.HasPrefix(name, ".") || slices.Contains(leftByOthers, strings.ToLower(name)) {
			found.PassedOver = append(found.PassedOver, path)
			continue
		}
		info, err := Stat(path)
		switch {
		case err != nil:
			found.Faults = append(found.Faults, err)
		case info.IsDir():
			found.Folders = append(found.Folders, path)
		case info.Mode().IsRegular() && isPicture(path):
			found.Pictures = append(found.Pictures, path)
		default:
			found.PassedOver = append(found.PassedOver, path)
		}
	}
	return found
}

// Walk returns what is in a folder and in all folders below it. It follows links
// to folders, but not to one that it is in already.
func Walk(dir string) Folder { return walk(dir, nil) }

func walk(dir string, within []os.FileInfo) Folder {
	info, err := os.Stat(dir)
	if err != nil {
		return Folder{Faults: []error{err}}
	}
	if slices.ContainsFunc(within, func(outer os.FileInfo) bool { return os.SameFile(outer, info) }) {
		return Folder{PassedOver: []string{dir}}
	}
	found := List(dir)
	for _, inner := range found.Folders {
		more := walk(inner, append(within[:len(within):len(within)], info))
		found.Pictures = append(found.Pictures, more.Pictures...)
		found.PassedOver = append(found.PassedOver, more.PassedOver...)
		found.Faults = append(found.Faults, more.Faults...)
	}
	return found
}

// Stat is os.Stat, with an error that says so if path is a link to nothing.
func Stat(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if target, linked := os.Readlink(path); linked == nil {
			return nil, fmt.Errorf("%s is a link to %s, which does not exist: put it there or delete the link", path, target)
		}
	}
	return info, err
}

// isPicture reports whether a file is taken for a picture.
func isPicture(path string) bool {
	if slices.Contains(endings, strings.ToLower(filepath.Ext(path))) {
		return true
	}
	file, err := os.Open(path)
	if err != nil {
		return true // reading it will say what is wrong
	}
	defer file.Close()
	_, _, err = image.DecodeConfig(file)
	return !errors.Is(err, image.ErrFormat)
}

// Remark says how much was passed over, and of what kind. It returns "" if
// nothing was.
func (f Folder) Remark() string {
	switch count := len(f.PassedOver); count {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("passed over %s: it is hidden, no picture, or in no class's folder", f.PassedOver[0])
	default:
		return fmt.Sprintf("passed over %d files and folders, such as %s: they are hidden, no pictures, or in no class's folder", count, f.PassedOver[0])
	}
}
