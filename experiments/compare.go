package experiments

import (
	"context"
	"fmt"
	"time"

	"cifartrain/reports"
	"cifartrain/runfolder"
)

// Compare shows how runs compare and writes a folder with the pictures, the table
// and a page: runs/comparison/<UTC timestamp>. overrides are those of
// [configs.Load] for the runs' configs.
func (s *Session) Compare(ctx context.Context, folders []*runfolder.Folder, overrides []string) error {
	if _, err := reports.Compare(folders); err != nil {
		return err
	}
	folder, err := runfolder.Create(s.Runs, comparisonName, time.Now())
	if err != nil {
		return err
	}
	return s.compareInto(ctx, folder, folders, nil, overrides)
}

// compareInto shows how runs compare and writes that into a folder, beside what
// became of those that failed.
func (s *Session) compareInto(ctx context.Context, folder *runfolder.Folder, folders []*runfolder.Folder, failed []reports.FailedRun, overrides []string) error {
	compared, err := reports.Compare(folders)
	if err != nil {
		return err
	}
	compared.Failed = failed
	pictures, err := s.sideBySide(ctx, compared.Contenders, overrides)
	if err != nil { // all else can be compared without the images
		fmt.Fprintf(s.Err, "the reconstructions are not drawn side by side: %v\n", err)
	}
	if err := reports.WriteComparison(folder, compared, pictures); err != nil {
		return err
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	s.index(folder)
	reports.ShowComparison(s.Out, compared, folder.Path)
	return nil
}
