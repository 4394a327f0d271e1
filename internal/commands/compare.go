package commands

import (
	"context"

	"cifartrain/internal/runfolder"
)

// mostCompared is how many runs one comparison has room for.
const mostCompared = 32

// compare compares finished runs with the first of them. A sweep is represented
// by the runs of its best setting.
func (p *program) compare(ctx context.Context, paths []string) error {
	if len(paths) > mostCompared {
		return wrong("compare takes 2 to %d run folders, not %d", mostCompared, len(paths))
	}
	var folders []*runfolder.Folder
	for _, path := range paths {
		best, found, err := p.session.BestOfSweep(path)
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
	return p.session.Compare(ctx, folders, p.settings())
}
