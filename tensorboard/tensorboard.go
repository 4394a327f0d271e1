// Package tensorboard writes figures as TensorBoard reads them: event files of
// records, each of which holds an Event.
package tensorboard

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// A Scalar is a figure under its tag, such as loss/train: TensorBoard shows
// what stands before the slash as a group.
type Scalar struct {
	Tag   string
	Value float64 // kept as float32
}

// A Writer writes one event file. A nil Writer writes nothing.
type Writer struct {
	file *os.File
}

// Create starts a new event file in a folder, which it makes where it is
// missing. first is the first step to be written: above 1, TensorBoard forgets
// what older files of the folder say of that step and later ones, as a run that
// goes on from there wants it.
func Create(folder string, first int) (*Writer, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	file, err := newFile(folder, time.Now())
	if err != nil {
		return nil, fmt.Errorf("tensorboard: %w", err)
	}
	w := &Writer{file}
	err = w.write(func(e []byte) []byte { return text(e, 3, "brain.Event:2") }) // file_version
	if err == nil && first > 1 {
		err = w.write(func(e []byte) []byte {
			session := integer(nil, 1, 1)                    // SessionLog: status START
			return message(integer(e, 2, first), 7, session) // session_log
		})
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return w, nil
}

// newFile creates a file of the name TensorBoard looks for. It reads a folder's
// files in the order of their names.
func newFile(folder string, now time.Time) (*os.File, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost" // only tells files of several machines apart
	}
	for n := 0; ; n++ {
		name := fmt.Sprintf("events.out.tfevents.%010d.%03d.%s", now.Unix(), n, filepath.Base(host))
		file, err := os.OpenFile(filepath.Join(folder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
}

// Scalars writes the figures of a step, which a reader then sees at once.
func (w *Writer) Scalars(step int, scalars []Scalar) error {
	if w == nil {
		return nil
	}
	return w.write(func(e []byte) []byte {
		var summary []byte
		for _, s := range scalars {
			value := text(nil, 1, s.Tag)
			value = protowire.AppendTag(value, 2, protowire.Fixed32Type) // simple_value
			value = protowire.AppendFixed32(value, math.Float32bits(float32(s.Value)))
			summary = message(summary, 1, value)
		}
		return message(integer(e, 2, step), 5, summary)
	})
}

// Close ends the file.
func (w *Writer) Close() error {
	if w == nil {
		return nil
	}
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}

// write writes an Event of this moment, to which fill adds the rest, as one
// record at one stroke.
//
// Messages and field numbers:
// https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/compat/proto/event.proto
// https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/compat/proto/summary.proto
func (w *Writer) write(fill func(event []byte) []byte) error {
	event := protowire.AppendTag(nil, 1, protowire.Fixed64Type) // wall_time, seconds
	event = protowire.AppendFixed64(event, math.Float64bits(float64(time.Now().UnixMicro())/1e6))
	if _, err := w.file.Write(record(fill(event))); err != nil {
		return fmt.Errorf("tensorboard: %w", err)
	}
	return nil
}

func integer(b []byte, field protowire.Number, value int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(value))
}

func text(b []byte, field protowire.Number, value string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), value)
}

func message(b []byte, field protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), value)
}
