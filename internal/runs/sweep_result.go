package runs

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/plots"
)

// result returns the results of all runs.
func (w *sweep) result() *reports.Sweep {
	result := &reports.Sweep{Name: w.config.Name, Keys: w.keys(), OneAtATime: w.config.Sweep.OneAtATime()}
	for k, swept := range w.config.Sweep.Keys {
		result.Values = append(result.Values, w.valuesOf(k))
		result.Drawn = append(result.Drawn, swept.Range != nil)
	}
	for i := 0; i < len(w.runs); i += w.seeds {
		result.Settings = append(result.Settings, w.setting(i, w.runs[i:i+w.seeds]))
	}
	result.Sort()
	return result
}

// valuesOf returns the values of a key as text: those listed or, for a range,
// those drawn from it, the smallest first.
func (w *sweep) valuesOf(k int) (values []string) {
	swept := w.config.Sweep.Keys[k]
	for _, value := range swept.Values {
		values = append(values, configs.ValueText(value))
	}
	if swept.Range == nil {
		return values
	}
	for _, setting := range w.settings {
		if value := setting.Values[k]; value != "" {
			values = append(values, value)
		}
	}
	number := func(text string) float64 { n, _ := strconv.ParseFloat(text, 64); return n } // the text was made from a number
	slices.SortFunc(values, func(a, b string) int { return cmp.Compare(number(a), number(b)) })
	return slices.Compact(values)
}

// concludeSweep writes the sweep's table, pictures and page, and shows them.
func (s *Session) concludeSweep(w *sweep, result *reports.Sweep) error {
	pictures, err := w.draw(result)
	if err != nil {
		return err
	}
	if err := reports.WriteSweep(w.folder, result, pictures); err != nil {
		return err
	}
	s.index(w.folder)
	reports.ShowSweep(s.Out, result, w.folder.Path)
	return nil
}

// SweepPage returns the page of the sweep at path as it stands now.
func (s *Session) SweepPage(path string) ([]byte, error) {
	folder, runs, found := runfolder.OpenSweep(path)
	if !found {
		return nil, fmt.Errorf("%s is no longer a sweep", path)
	}
	config, err := s.Load(folder.File(runfolder.SweepFile), nil)
	if err != nil {
		return nil, err
	}
	w, err := laidSweep(config, folder, runs)
	if err != nil {
		return nil, err
	}
	result := w.result()
	stands, err := w.stands(time.Now()) // a watcher writes nothing, so it cannot ask the file system for the time
	if err != nil {
		return nil, err
	}
	if stands.Done < stands.All {
		w.underWay(result, stands)
	}
	pictures, err := w.draw(result)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = reports.SweepPage(&page, folder, result, pictures)
	return page.Bytes(), err
}

// draw draws the sweep's picture of its figures, once a run is finished.
func (w *sweep) draw(result *reports.Sweep) ([]reports.DrawnPicture, error) {
	finished := result.Finished()
	if len(finished) == 0 {
		return nil, nil
	}
	summary := finished[0].Summary()
	caption := plots.Caption{Run: w.config.Name, Dataset: summary.Dataset + ": " + reports.ClassList(summary.Classes)}
	var content bytes.Buffer
	meaning, picture := w.picture(result)
	err := picture(&content, caption)
	return []reports.DrawnPicture{{Picture: reports.Picture{File: runfolder.SweepPicture, Meaning: meaning}, PNG: content.Bytes()}}, err
}

// picture returns the picture that suits the sweep, and what it shows.
func (w *sweep) picture(result *reports.Sweep) (meaning string, picture func(io.Writer, plots.Caption) error) {
	switch {
	case result.OneAtATime:
		return "What each change alone does to the validation figure, over its seeds.", func(out io.Writer, caption plots.Caption) error {
			return plots.Tweaks(out, caption, w.sweptFigures(result, false))
		}
	case len(result.Keys) == 2 && w.config.Sweep.Method != "halving" && !slices.Contains(result.Drawn, true):
		return "The validation figure with each combination of values.", func(out io.Writer, caption plots.Caption) error {
			return plots.SweepMap(out, caption, w.sweptFigures(result, false))
		}
	}
	return "The validation figure of each setting against each key.", func(out io.Writer, caption plots.Caption) error {
		return plots.SweepSlices(out, caption, w.sweptFigures(result, true))
	}
}

// sweptFigures returns the figures for the sweep's picture. A setting in which
// a key has no effect is one point if once is set; otherwise it is one point
// for each of the key's values, because its result would be the same with each.
func (w *sweep) sweptFigures(result *reports.Sweep, once bool) plots.SweptFigures {
	figures := plots.SweptFigures{}
	for k, key := range result.Keys {
		swept := plots.SweptKey{Name: key, Values: result.Values[k], Drawn: result.Drawn[k]}
		if drawn := w.config.Sweep.Keys[k].Range; drawn != nil {
			swept.Logarithmic = drawn.Scale == "log"
		}
		figures.Keys = append(figures.Keys, swept)
	}
	first := slices.IndexFunc(result.Settings, func(setting reports.Setting) bool { // the one with the first value of every key
		places := placesOf(setting.Values, result.Values)[0]
		return setting.Missing == "" && !slices.ContainsFunc(places, func(place int) bool { return place != 0 })
	})
	for _, setting := range result.Settings {
		point := plots.SweptPoint{Figure: math.NaN()}
		if setting.Missing == "" {
			seeds := result.Seeds(setting)
			point.Figure, point.Low, point.High = result.Figure(setting).Mean, slices.Min(seeds), slices.Max(seeds)
			point.Yardstick = setting.PCA()
			point.Apart = first >= 0 && result.Apart(result.Settings[first], setting)
			if !result.Classifies() {
				figures.Loss = setting.Summary().Loss
			}
		} else if len(setting.Paused) > 0 {
			point.Reached = result.Figure(setting).Mean
		}
		all := placesOf(setting.Values, result.Values)
		if once {
			all = all[:1]
			for k, value := range setting.Values {
				if value == "" {
					all[0][k] = plots.NoEffect
				}
			}
		}
		for _, places := range all {
			point.Places = places
			figures.Points = append(figures.Points, point)
		}
	}
	return figures
}

// placesOf returns the indexes of a setting's values among all values of their
// keys. For a key without effect in the setting it returns every index, because
// the setting would give the same result with each value.
func placesOf(values []string, all [][]string) [][]int {
	combinations := [][]int{nil}
	for k, value := range values {
		places := []int{slices.Index(all[k], value)}
		if value == "" {
			places = nil
			for place := range all[k] {
				places = append(places, place)
			}
		}
		var longer [][]int
		for _, before := range combinations {
			for _, place := range places {
				longer = append(longer, append(slices.Clone(before), place))
			}
		}
		combinations = longer
	}
	return combinations
}
