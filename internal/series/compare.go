package series

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// Compare compares the finished runs at paths with the first of them, and writes the
// pictures, the table and a page into a folder runs/comparison/<UTC timestamp>. A
// sweep is represented by the runs of its best setting. The overrides are for the
// runs' configs; see [configs.Load].
func Compare(ctx context.Context, s *runs.Session, paths, overrides []string) error {
	var folders []*runfolder.Folder
	for _, path := range paths {
		best, found, err := Best(s, path)
		if err != nil {
			return err
		}
		if !found {
			folder, err := runfolder.Open(path)
			if err != nil {
				return err
			}
			best = []*runfolder.Folder{folder}
		}
		folders = append(folders, best...)
	}
	compared, err := reports.Compare(folders)
	if err != nil {
		return err
	}
	folder, err := runfolder.Create(s.Runs, "comparison", time.Now())
	if err != nil {
		return err
	}
	return writeComparison(ctx, s, folder, compared, overrides)
}

func writeComparison(ctx context.Context, s *runs.Session, folder *runfolder.Folder, compared *reports.Results, overrides []string) error {
	pictures, err := sideBySide(ctx, s, compared.Finished(), overrides)
	if err != nil { // everything else can be compared without the images
		fmt.Fprintf(s.Err, "the reconstructions are not drawn side by side: %v\n", err)
	}
	if err := write(s, folder, compared, pictures); err != nil {
		return err
	}
	s.PointLatest(folder)
	return nil
}

// compare compares the finished runs in the plan's claimed folder if they can be
// compared.
func (p *plan) compare(ctx context.Context, folder *runfolder.Folder) error {
	s := p.session
	var folders []*runfolder.Folder
	var missing []reports.Contender
	for i, run := range p.runs {
		if one := reports.NewContender(p.label(i), nil, p.runs[i:i+1]); one.Missing == "" {
			folders = append(folders, run)
		} else {
			missing = append(missing, one)
		}
	}
	if len(folders) < 2 {
		return nil
	}
	compared, err := reports.Compare(folders)
	var unlike reports.UnlikeError
	switch {
	case errors.As(err, &unlike):
		fmt.Fprintf(s.Err, "the runs are not compared: %v\n", err)
		if len(folders) < len(p.runs) {
			return nil
		}
		return os.RemoveAll(folder.Path) // it holds nothing to go on with and nothing to see
	case err != nil:
		return err
	}
	compared.Contenders = append(compared.Contenders, missing...)
	return writeComparison(ctx, s, folder, compared, nil)
}
