package commands

import (
	"cifartrain/experiments"
	"cifartrain/runfolder"
)

// Compare holds the finished runs at paths against the first of them. For a
// sweep stand the runs of its best setting.
func Compare(s *experiments.Session, paths []string) error {
	var folders []*runfolder.Folder
	for _, path := range paths {
		best, found, err := s.BestOfSweep(path)
		if err != nil {
			return err
		}
		if found {
			folders = append(folders, best...)
			continue
		}
		folder, err := runfolder.Open(path)
		if err != nil {
			return wrong("%v", err)
		}
		folders = append(folders, folder)
	}
	return s.Compare(folders)
}
