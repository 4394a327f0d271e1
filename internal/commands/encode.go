package commands

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"cifartrain/internal/exports"
	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
)

// encode writes the codes that an autoencoder's best weights give to the run's
// own images or to pictures, as npz or CSV according to the file's ending, to the
// standard output as CSV. It overwrites nothing. Pictures that cannot be read are an error after the others
// are done.
func (p *program) encode(ctx context.Context, operands []string) error {
	ending := strings.ToLower(filepath.Ext(cmp.Or(p.file, ".npz")))
	if p.file == standardOutput {
		ending = ".csv"
	}
	if ending != ".npz" && ending != ".csv" {
		return runs.Requestf("-o %s: encode writes npz or CSV; let the name end in .npz or .csv", p.file)
	}
	subject, err := p.openSubject(ctx, operands, false)
	if err != nil {
		return err
	}
	latent := subject.Architecture.Latent
	if latent == 0 {
		return runs.Requestf("%s holds a %s, which has no code: encode takes an autoencoder's run", operands[0], subject.Architecture.Kind)
	}
	if subject.set.Len() == 0 {
		return subject.unread()
	}
	codes, err := subject.Encode(ctx, subject.set)
	if err != nil {
		return err
	}
	write := subject.codesAsNPZ
	if ending == ".csv" {
		write = subject.codesAsCSV
	}
	content, err := write(codes, latent)
	if err != nil {
		return err
	}
	if p.file == standardOutput {
		_, err := p.stdout.raw().Write(content)
		return errors.Join(err, subject.unread())
	}
	file := cmp.Or(p.file, subject.Config.Name+"-codes.npz")
	if err := writeNew(file, content); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "wrote %s, %s bytes\n%s: codes of %d values\n", file, reports.Thousands(len(content)), subject.words, latent)
	return subject.unread()
}

// codesAsNPZ returns codes (n, latent), labels (n), -1 for unknown ones, and
// files (n): the names of the pictures, or the indexes of the run's own images.
func (s *subject) codesAsNPZ(codes []float32, latent int) ([]byte, error) {
	n := s.set.Len()
	labels := make([]int64, n)
	for i, label := range s.labels {
		labels[i] = int64(label)
	}
	return exports.Arrays([]exports.Array{
		{Name: "codes", Shape: []int{n, latent}, Values: codes},
		{Name: "labels", Shape: []int{n}, Values: labels},
		{Name: "files", Shape: []int{n}, Values: s.names},
	})
}

// codesAsCSV returns one row for each image; an unknown label is empty.
func (s *subject) codesAsCSV(codes []float32, latent int) ([]byte, error) {
	head := []string{s.key, "label"}
	for z := range latent {
		head = append(head, fmt.Sprintf("z%d", z))
	}
	rows := [][]string{head}
	for i := range s.set.Len() {
		row := []string{s.names[i], s.class(i)}
		for _, value := range codes[i*latent:][:latent] {
			row = append(row, strconv.FormatFloat(float64(value), 'g', -1, 32))
		}
		rows = append(rows, row)
	}
	var content bytes.Buffer
	err := reports.WriteCSV(&content, rows)
	return content.Bytes(), err
}
