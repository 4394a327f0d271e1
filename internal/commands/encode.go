package commands

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"cifartrain/graphs"
	"cifartrain/internal/exports"
	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
)

// Encode writes the codes that an autoencoder's best weights give to the run's
// own images or to pictures, as npz or CSV according to the file's ending. It
// never overwrites a file. Pictures that cannot be read are reported as an
// error after the others are done. See [configs.Load] for the overrides.
func Encode(ctx context.Context, s *runs.Session, path string, selection Selection, file string, overrides []string) error {
	extension := strings.ToLower(filepath.Ext(file))
	if file != "" && extension != ".npz" && extension != ".csv" {
		return wrong("-o %s: encode writes npz or CSV; let the name end in .npz or .csv", file)
	}
	noImages := func(*graphs.Architecture) bool { return false }
	subject, err := openSubject(ctx, s, path, selection, overrides, noImages)
	if err != nil {
		return err
	}
	latent := subject.Architecture.Latent
	if latent == 0 {
		return wrong("%s holds a %s, which has no code: encode takes an autoencoder's run", path, subject.Architecture.Kind)
	}
	if subject.set.Len() == 0 {
		return subject.faults()
	}
	codes, err := subject.Encode(ctx, subject.set)
	if err != nil {
		return err
	}
	if file == "" {
		file = subject.Config.Name + "-codes.npz"
	}
	write := subject.codesAsNPZ
	if extension == ".csv" {
		write = subject.codesAsCSV
	}
	content, err := write(codes, latent)
	if err != nil {
		return err
	}
	if err := writeNew(file, content); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "wrote %s, %s bytes\n%s: codes of %d values\n", file, reports.Thousands(len(content)), subject.words, latent)
	return subject.faults()
}

// codesAsNPZ returns codes (n, latent), labels (n), -1 for unknown ones, and
// files (n): the names of the pictures, or the indexes of the run's own images.
func (s *subject) codesAsNPZ(codes []float32, latent int) ([]byte, error) {
	n := s.set.Len()
	labels, files := make([]int64, n), make([]string, n)
	for i := range n {
		labels[i], files[i] = int64(s.label(i)), s.name(i)
	}
	return exports.Arrays([]exports.Array{
		{Name: "codes", Shape: []int{n, latent}, Values: codes},
		{Name: "labels", Shape: []int{n}, Values: labels},
		{Name: "files", Shape: []int{n}, Values: files},
	})
}

// codesAsCSV returns one row for each image; an unknown label is empty.
func (s *subject) codesAsCSV(codes []float32, latent int) ([]byte, error) {
	head := []string{s.key(), "label"}
	for z := range latent {
		head = append(head, fmt.Sprintf("z%d", z))
	}
	rows := [][]string{head}
	for i := range s.set.Len() {
		row := []string{s.name(i), s.className(i)}
		for _, value := range codes[i*latent:][:latent] {
			row = append(row, strconv.FormatFloat(float64(value), 'g', -1, 32))
		}
		rows = append(rows, row)
	}
	var content bytes.Buffer
	err := reports.WriteCSV(&content, rows)
	return content.Bytes(), err
}
