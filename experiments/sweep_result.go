package experiments

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"cifartrain/configs"
	"cifartrain/plots"
	"cifartrain/reports"
	"cifartrain/runfolder"
)

// result is what the runs came to.
func (w *sweep) result() *reports.Sweep {
	result := &reports.Sweep{Name: w.config.Name, Keys: w.keys()}
	for _, swept := range w.config.Sweep.Keys {
		var values []string
		for _, value := range swept.Values {
			values = append(values, configs.ValueText(value))
		}
		result.Values = append(result.Values, values)
	}
	for i := 0; i < len(w.runs); i += w.seeds {
		result.Settings = append(result.Settings, w.setting(i, w.runs[i:i+w.seeds]))
	}
	result.Sort()
	return result
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

// SweepPage returns the page of the sweep in a folder as it stands.
func (s *Session) SweepPage(path string) ([]byte, error) {
	folder, runs, found := runfolder.OpenSweep(path)
	if !found {
		return nil, fmt.Errorf("%s is not a sweep any more", path)
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
	pictures, err := w.draw(result)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = reports.SweepPage(&page, folder, result, pictures)
	return page.Bytes(), err
}

// draw draws the sweep's pictures, none where no run is finished.
func (w *sweep) draw(result *reports.Sweep) (pictures []reports.DrawnPicture, err error) {
	const mostCurves = 8 // more cannot be told apart
	best := result.Best(mostCurves)
	if len(best) == 0 {
		return nil, nil
	}
	draw := func(file, meaning string, picture func(io.Writer) error) {
		var content bytes.Buffer
		err = errors.Join(err, picture(&content))
		pictures = append(pictures, reports.DrawnPicture{Picture: reports.Picture{File: file, Meaning: meaning}, PNG: content.Bytes()})
	}
	along, lines := w.along()
	meaning := "The validation figure with each combination of values."
	if lines {
		meaning = "The validation figure against " + w.keys()[along] + "."
	}
	tweaks := w.config.Sweep.Method == "one_at_a_time" && !lines
	if tweaks {
		meaning = "What each change alone does to the validation figure, over its seeds."
	}
	caption := plots.Caption{Run: w.config.Name, Dataset: best[0].Summary().Dataset + ": " + reports.ClassList(best[0].Summary().Classes)}
	draw(runfolder.SweepPicture, meaning, func(out io.Writer) error {
		if lines {
			return plots.SweepLines(out, caption, sweptFigures(result), along)
		}
		if tweaks {
			return plots.Tweaks(out, caption, sweptFigures(result))
		}
		return plots.SweepMap(out, caption, sweptFigures(result))
	})
	charts, fault := reports.Charts(best)
	for _, one := range charts[:min(1, len(charts))] {
		draw(one.File, "Training curves beside validation curves, of the best settings.", one.Chart.WritePNG)
	}
	return pictures, errors.Join(err, fault)
}

// along is the key whose values the picture's lines run along, if it has lines:
// the only key, or that of the latent space.
func (w *sweep) along() (place int, lines bool) {
	keys := w.keys()
	if place := slices.Index(keys, reports.LatentKey); place >= 0 {
		return place, true
	}
	return 0, len(keys) == 1
}

// sweptFigures are the sweep's figures for its picture.
func sweptFigures(result *reports.Sweep) plots.SweptFigures {
	figures := plots.SweptFigures{}
	for k, key := range result.Keys {
		figures.Keys = append(figures.Keys, plots.SweptKey{Name: key, Values: result.Values[k]})
	}
	for _, setting := range result.Settings {
		point := plots.SweptPoint{Figure: math.NaN()}
		if setting.Missing == "" {
			seeds := result.Seeds(setting)
			point.Figure, point.Low, point.High = result.Figure(setting).Mean, slices.Min(seeds), slices.Max(seeds)
			point.Yardstick = setting.PCA()
			if !result.Classifies() {
				figures.Loss = setting.Summary().Loss
			}
		}
		for _, places := range placesOf(setting.Values, result.Values) {
			point.Places = places
			figures.Points = append(figures.Points, point)
		}
	}
	return figures
}

// placesOf are the places of a setting's values among all of their keys. A key
// that has no effect in the setting has no value there: it comes out the same at
// each of the key's.
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
