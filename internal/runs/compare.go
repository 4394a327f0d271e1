package runs

import (
	"context"
	"fmt"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
)

// Compare compares runs and writes the pictures, the table and a page into a
// folder runs/comparison/<UTC timestamp>. The overrides are for the runs'
// configs; see [configs.Load].
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

// compareInto compares runs, prints the comparison and writes it into a folder,
// together with the runs that failed.
func (s *Session) compareInto(ctx context.Context, folder *runfolder.Folder, folders []*runfolder.Folder, failed []reports.FailedRun, overrides []string) error {
	compared, err := reports.Compare(folders)
	if err != nil {
		return err
	}
	compared.Failed = failed
	pictures, err := s.sideBySide(ctx, compared.Contenders, overrides)
	if err != nil { // everything else can be compared without the images
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
