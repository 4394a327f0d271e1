package series

import (
	"context"
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
				return runs.RequestError(err.Error())
			}
			best = []*runfolder.Folder{folder}
		}
		folders = append(folders, best...)
	}
	if _, err := reports.Compare(folders); err != nil {
		return err
	}
	folder, err := runfolder.Create(s.Runs, "comparison", time.Now())
	if err != nil {
		return err
	}
	return compareInto(ctx, s, folder, folders, nil, overrides)
}

// compareInto compares runs, prints the comparison and writes it into a folder,
// together with the runs that failed.
func compareInto(ctx context.Context, s *runs.Session, folder *runfolder.Folder, folders []*runfolder.Folder, failed []reports.FailedRun, overrides []string) error {
	compared, err := reports.Compare(folders)
	if err != nil {
		return err
	}
	compared.Failed = failed
	pictures, err := sideBySide(ctx, s, compared.Contenders, overrides)
	if err != nil { // everything else can be compared without the images
		fmt.Fprintf(s.Err, "the reconstructions are not drawn side by side: %v\n", err)
	}
	if err := reports.WriteComparison(folder, compared, pictures); err != nil {
		return err
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	s.Index(folder)
	reports.ShowComparison(s.Out, compared, folder.Path)
	return nil
}

// compare compares the finished runs in the plan's claimed folder if they can be
// compared.
func (p *plan) compare(ctx context.Context, folder *runfolder.Folder) error {
	s := p.session
	var folders []*runfolder.Folder
	var failed []reports.FailedRun
	for _, run := range p.runs {
		if _, err := run.Finished(); err == nil {
			folders = append(folders, run)
		} else if summary, err := run.Summary(); err == nil && summary.Status == runfolder.Failed {
			failed = append(failed, reports.FailedRun{Path: run.Path, Summary: summary})
		}
	}
	if len(folders) < 2 {
		return nil
	}
	if why := p.incomparable(ctx); why != "" {
		fmt.Fprintf(s.Err, "%s, so they are not compared\n", why)
		if len(folders) < len(p.runs) {
			return nil
		}
		return os.RemoveAll(folder.Path) // it holds nothing to go on with and nothing to see
	}
	return compareInto(ctx, s, folder, folders, failed, nil)
}
