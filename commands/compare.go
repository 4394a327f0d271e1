package commands

import (
	"context"

	"cifartrain/experiments"
	"cifartrain/runfolder"
)

// Compare holds the finished runs at paths against the first of them. For a
// sweep stand the runs of its best setting. overrides are those of [configs.Load].
func Compare(ctx context.Context, s *experiments.Session, paths, overrides []string) error {
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
	return s.Compare(ctx, folders, overrides)
}
