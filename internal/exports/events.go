package exports

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A Scalar is a figure with its tag, such as loss/train: TensorBoard groups
// figures by what precedes the slash.
type Scalar struct {
	Tag   string
	Value float64 // kept as float32
}

// An EventWriter writes figures as TensorBoard reads them: one event file of
// records, each of which holds an Event. A nil EventWriter writes nothing.
type EventWriter struct {
	file *os.File
}

// CreateEvents starts a new event file in a folder, which it creates if
// necessary. first is the first step that will be written: TensorBoard then
// ignores what older files in the folder say about that step and later ones.
func CreateEvents(folder string, first int) (*EventWriter, error) {
	file, err := newFile(folder, time.Now())
	if err != nil {
		return nil, fmt.Errorf("writing for TensorBoard: %w", err)
	}
	w := &EventWriter{file}
	err = cmp.Or(w.write(field{3, "brain.Event:2"}), // file_version
		w.write(field{2, first}, field{7, message{{1, 1}}})) // step, session_log with the status START
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return w, nil
}

// newFile creates a file whose name TensorBoard recognizes, and the folder if
// necessary. TensorBoard reads the files of a folder in the order of their names.
func newFile(folder string, now time.Time) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(folder); err != nil || !info.IsDir() {
		return nil, cmp.Or(err, fmt.Errorf("%s is a link to another folder, which is not written into: remove it", folder))
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost" // it only distinguishes files from several machines
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
func (w *EventWriter) Scalars(step int, scalars []Scalar) error {
	if w == nil {
		return nil
	}
	var summary message
	for _, s := range scalars {
		summary = append(summary, field{1, message{{1, s.Tag}, {2, float32(s.Value)}}}) // Summary.Value
	}
	return w.write(field{2, step}, field{5, summary})
}

// Image writes a PNG under a tag at a step.
func (w *EventWriter) Image(step int, tag string, content []byte) error {
	if w == nil {
		return nil
	}
	size, err := png.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("writing %s for TensorBoard: %w", tag, err)
	}
	const rgb = 3
	picture := message{{1, size.Height}, {2, size.Width}, {3, rgb}, {4, content}} // Summary.Image
	return w.write(field{2, step}, field{5, message{{1, message{{1, tag}, {4, picture}}}}})
}

// Close ends the file.
func (w *EventWriter) Close() error {
	if w == nil {
		return nil
	}
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("writing for TensorBoard: %w", err)
	}
	return nil
}

// write writes an Event with the current time and the given fields, as one record in
// one call. Messages and field numbers:
//
//	https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/compat/proto/event.proto
//	https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/compat/proto/summary.proto
func (w *EventWriter) write(fields ...field) error {
	event := append(message{{1, float64(time.Now().UnixMicro()) / 1e6}}, fields...) // wall_time, seconds
	if _, err := w.file.Write(record(event.encode())); err != nil {
		return fmt.Errorf("writing for TensorBoard: %w", err)
	}
	return nil
}

// record frames data as a TFRecord: its length in 8 bytes, the checksum of
// these, the data and its checksum, all little-endian.
// Format: https://www.tensorflow.org/tutorials/load_data/tfrecord
func record(data []byte) []byte {
	framed := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	framed = binary.LittleEndian.AppendUint32(framed, checksum(framed))
	framed = append(framed, data...)
	return binary.LittleEndian.AppendUint32(framed, checksum(data))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is a CRC-32C, masked because a CRC of data that holds CRCs is weak:
// rotated right by 15 bits, plus a constant.
func checksum(data []byte) uint32 {
	crc := crc32.Checksum(data, castagnoli)
	return (crc>>15 | crc<<17) + 0xa282ead8
}
