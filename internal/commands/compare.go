package commands

import (
	"context"

	"cifartrain/internal/runs"
	"cifartrain/internal/series"
)

// mostCompared is how many runs one comparison has room for.
const mostCompared = 32

// compare compares finished runs with the first of them. A sweep is represented
// by the runs of its best setting.
func (p *program) compare(ctx context.Context, paths []string) error {
	if len(paths) > mostCompared {
		return runs.Requestf("compare takes 2 to %d run folders, not %d", mostCompared, len(paths))
	}
	return series.Compare(ctx, &p.session, paths, p.settings())
}
