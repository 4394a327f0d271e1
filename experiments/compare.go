package experiments

import (
	"fmt"
	"time"

	"cifartrain/reports"
	"cifartrain/runfolder"
)

// Compare shows how runs compare and writes a folder with the picture, the table
// and a page: runs/comparison/<UTC timestamp>.
func (s *Session) Compare(folders []*runfolder.Folder) error {
	if _, err := reports.Compare(folders); err != nil {
		return err
	}
	folder, err := runfolder.Create(s.Runs, comparisonName, time.Now())
	if err != nil {
		return err
	}
	return s.compareInto(folder, folders)
}

// compareInto shows how runs compare and writes that into a folder.
func (s *Session) compareInto(folder *runfolder.Folder, folders []*runfolder.Folder) error {
	compared, err := reports.Compare(folders)
	if err != nil {
		return err
	}
	if err := reports.WriteComparison(folder, compared, nil); err != nil {
		return err
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	s.index(folder)
	reports.ShowComparison(s.Out, compared, folder.Path)
	return nil
}
