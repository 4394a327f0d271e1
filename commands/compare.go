package commands

import (
	"cifartrain/experiments"
	"cifartrain/runfolder"
)

// Compare holds the finished runs at paths against the first of them.
func Compare(s *experiments.Session, paths []string) error {
	var folders []*runfolder.Folder
	for _, path := range paths {
		folder, err := runfolder.Open(path)
		if err != nil {
			return wrong("%v", err)
		}
		folders = append(folders, folder)
	}
	return s.Compare(folders)
}
