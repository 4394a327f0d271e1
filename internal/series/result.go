package series

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/internal/shell"
	"cifartrain/metrics"
	"cifartrain/plots"
)

func (p *plan) result() *reports.Results {
	result := &reports.Results{Name: p.name(), Keys: p.keys(), OneAtATime: p.sweep().OneAtATime()}
	for i := 0; i < len(p.runs); i += p.Seeds {
		result.Contenders = append(result.Contenders, reports.NewContender(p.settingLabel(i), p.settings[i/p.Seeds].Values, p.runs[i:i+p.Seeds]))
	}
	result.Sort()
	return result
}

// valuesOf returns the values of a key as text: those listed or, for a range,
// those drawn from it, the smallest first.
func (p *plan) valuesOf(k int) (values []string) {
	swept := p.sweep().Keys[k]
	for _, value := range swept.Values {
		values = append(values, configs.ValueText(value))
	}
	if swept.Range == nil {
		return values
	}
	for _, setting := range p.settings {
		if value := setting.Values[k]; value != "" {
			values = append(values, value)
		}
	}
	number := func(text string) float64 { n, _ := strconv.ParseFloat(text, 64); return n } // the text was made from a number
	slices.SortFunc(values, func(a, b string) int { return cmp.Compare(number(a), number(b)) })
	return slices.Compact(values)
}

func write(s *runs.Session, folder *runfolder.Folder, results *reports.Results, pictures []reports.Picture) error {
	if err := results.Write(folder, pictures); err != nil {
		return err
	}
	s.Index(folder)
	results.Show(s.Out, folder.Path)
	return nil
}

// Best returns the run folders, one for each seed, of the best setting of the sweep
// at path. found is false if there is no sweep at path.
func Best(s *runs.Session, path string) (best []*runfolder.Folder, found bool, err error) {
	p, found, err := open(s, path)
	if err != nil || !found || p.sweep() == nil {
		return nil, false, err
	}
	setting := p.result().Contenders[0]
	if setting.Missing != "" {
		return nil, true, runs.Requestf("none of the runs of the sweep in %s is finished; go on with: %s", p.folder.Path, shell.Command("-resume", p.folder.Path))
	}
	for _, run := range setting.Runs {
		best = append(best, &runfolder.Folder{Path: run.Path})
	}
	fmt.Fprintf(s.Err, "%s is a sweep; its best setting by validation figures is %s\n", path, setting.Label)
	return best, true, nil
}

// Open opens the run at path or, if that is a sweep, a run of its best setting. See
// [runs.Session.Open].
func Open(s *runs.Session, path string, overrides []string) (*runs.Run, error) {
	if best, found, err := Best(s, path); err != nil {
		return nil, err
	} else if found {
		path = best[0].Path
	}
	return s.Open(path, overrides)
}

func (p *plan) draw(result *reports.Results) ([]reports.Picture, error) {
	finished := result.Finished()
	if len(finished) == 0 {
		return nil, nil
	}
	summary := finished[0].Summary()
	caption := plots.Caption{Run: p.name(), Dataset: summary.Dataset + ": " + reports.ClassList(summary.Classes)}
	meaning, picture := p.picture(result)
	drawn, err := reports.Draw(runfolder.SweepPicture, meaning, func(w io.Writer) error { return picture(w, caption) })
	if format := p.session.Vector.Format; format != "" {
		name := strings.TrimSuffix(runfolder.SweepPicture, "png") + format
		err = errors.Join(err, p.folder.WriteWith(name, p.session.VectorFile(func(w io.Writer) error { return picture(w, caption) })))
	}
	return []reports.Picture{drawn}, err
}

// picture returns the picture that suits the sweep, and what it shows.
func (p *plan) picture(result *reports.Results) (meaning string, picture func(io.Writer, plots.Caption) error) {
	draw, once := plots.SweepSlices, true
	meaning = "The validation figure of each setting against each key."
	switch limit := slices.Index(result.Keys, "data.limit"); {
	case result.OneAtATime:
		draw, once = plots.Tweaks, false
		meaning = "What each change alone does to the validation figure, over its seeds."
	case limit >= 0 && p.sweep().Method != "halving":
		return "The figures of the best epoch against the number of training images: a learning curve.", func(out io.Writer, caption plots.Caption) error {
			return plots.Learning(out, caption, p.sweptFigures(result, true).Loss, result.LearningCurves(limit))
		}
	case len(result.Keys) == 2 && p.sweep().Method != "halving" && !slices.ContainsFunc(p.sweep().Keys, func(swept configs.SweptKey) bool { return swept.Range != nil }):
		draw, once = plots.SweepMap, false
		meaning = "The validation figure with each combination of values."
	}
	return meaning, func(out io.Writer, caption plots.Caption) error {
		return draw(out, caption, p.sweptFigures(result, once))
	}
}

// sweptFigures returns the figures for the sweep's picture. A setting in which
// a key has no effect is one point if once is set; otherwise it is one point
// for each of the key's values, because its result would be the same with each.
func (p *plan) sweptFigures(result *reports.Results, once bool) plots.SweptFigures {
	figures := plots.SweptFigures{}
	for k, key := range result.Keys {
		drawn := p.sweep().Keys[k].Range
		figures.Keys = append(figures.Keys, plots.SweptKey{Name: key, Values: p.valuesOf(k), Drawn: drawn != nil, Logarithmic: drawn != nil && drawn.Scale == "log"})
	}
	var apart map[string]bool
	for _, setting := range result.Finished() {
		first := true // whether it has the first value of every key
		for k, value := range setting.Values {
			first = first && (value == "" || value == figures.Keys[k].Values[0])
		}
		if first {
			apart = result.Apart(setting)
			break
		}
	}
	for _, setting := range result.Contenders {
		point := plots.SweptPoint{Figure: math.NaN()}
		if setting.Missing == "" {
			seeds := setting.Sample("best_val").Values
			point.Figure, point.Low, point.High = metrics.NewSpread(seeds).Mean, slices.Min(seeds), slices.Max(seeds)
			point.Yardstick = setting.PCA()
			point.Apart = apart[setting.Label]
			if !result.Classifies() {
				figures.Loss = setting.Summary().Loss
			}
		} else if setting.LeftBehind() {
			point.Reached = metrics.NewSpread(setting.Sample("best_val").Values).Mean
		}
		for _, point.Places = range placesOf(setting.Values, figures.Keys, once) {
			figures.Points = append(figures.Points, point)
		}
	}
	return figures
}

// placesOf returns the indexes of a setting's values among all values of their
// keys. For a key without effect in the setting it returns [plots.NoEffect] if once is
// set, and else every index, because the setting would give the same result with each
// value.
func placesOf(values []string, keys []plots.SweptKey, once bool) [][]int {
	combinations := [][]int{nil}
	for k, value := range values {
		var longer [][]int
		add := func(place int) {
			for _, before := range combinations {
				longer = append(longer, append(slices.Clone(before), place))
			}
		}
		if value == "" && once {
			add(plots.NoEffect)
		}
		for place, other := range keys[k].Values {
			if value == other || value == "" && !once {
				add(place)
			}
		}
		combinations = longer
	}
	return combinations
}
