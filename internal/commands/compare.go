package commands

import (
	"context"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// Compare compares the finished runs at paths with the first of them. A sweep
// is represented by the runs of its best setting. The overrides are for the
// runs' configs; see [configs.Load].
func Compare(ctx context.Context, s *runs.Session, paths, overrides []string) error {
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
