package runfolder

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// SeriesFile, in the folder of a comparison, lists the runs that one command
// trains one after the other in order to compare them.
const SeriesFile = "series.json"

// A Series is what a command needs to go on with training several runs.
type Series struct {
	Members     []Member `json:"members"`
	Init        string   `json:"init,omitempty"` // the weights file that the runs start from
	TensorBoard bool     `json:"tensorboard"`
}

// A Member is a run of a series.
type Member struct {
	Config string `json:"config"`        // the text of a config
	Run    string `json:"run,omitempty"` // the run's folder, relative to the series' folder; empty before the run has begun
}

// WriteSeries writes series.json.
func (f *Folder) WriteSeries(s *Series) error {
	content, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("making %s: %w", SeriesFile, err)
	}
	return f.Write(SeriesFile, append(content, '\n'))
}

// OpenSeries returns the folder at path and its series; found is false if there
// is no series.
func OpenSeries(path string) (f *Folder, s *Series, found bool) {
	resolved, err := resolve(path)
	if err != nil {
		return nil, nil, false
	}
	f, s = &Folder{Path: resolved}, new(Series)
	content, err := read(f.File(SeriesFile), mostSeriesBytes)
	if err != nil || json.Unmarshal(content, s) != nil {
		return nil, nil, false
	}
	return f, s, true
}

// mostSeriesBytes is room for a thousand configs.
const mostSeriesBytes = 16 << 20

// Begun records the folder of a member whose run has begun.
func (f *Folder) Begun(s *Series, member int, run *Folder) error {
	path, err := filepath.Rel(f.Path, run.Path)
	if err != nil {
		if path, err = filepath.Abs(run.Path); err != nil {
			return fmt.Errorf("recording the run in %s: %w", run.Path, err)
		}
	}
	s.Members[member].Run = filepath.ToSlash(path)
	return f.WriteSeries(s)
}

// RunOf returns the folder of a member's run, or nil if it has not begun or its
// folder is gone.
func (f *Folder) RunOf(m Member) *Folder {
	if m.Run == "" {
		return nil
	}
	path := filepath.FromSlash(m.Run)
	if !filepath.IsAbs(path) {
		path = f.File(path)
	}
	run, err := Open(path)
	if err != nil {
		return nil
	}
	return run
}

// IsComparison reports whether the folder at path is that of a comparison.
func IsComparison(path string) bool {
	resolved, err := resolve(path)
	if err != nil {
		return false
	}
	_, err = os.Stat(filepath.Join(resolved, ComparisonTable))
	return err == nil
}
