package runfolder

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"gorgonia.org/tensor"

	"cifartrain/metrics"
	"cifartrain/training"
)

// The files from which a run can be resumed.
const (
	CheckpointFile         = "checkpoint"
	PreviousCheckpointFile = "checkpoint.previous"
	damagedCheckpointFile  = "checkpoint.damaged"
)

// A Checkpoint is the state of a run between two steps.
//
// Its file begins with a line of text,
//
//	cifartrain checkpoint 1 <SHA-256 of the rest, hexadecimal> <bytes of the rest>
//
// and continues as a safetensors file. The tensors are called group/name. The
// metadata holds this struct in JSON under "run", and the history in the form
// of metrics.csv under "history" and of layers.csv under "layers".
type Checkpoint struct {
	Config   string    `json:"config"`           // the text of config.yaml
	Dataset  string    `json:"dataset"`          // its name
	Checksum string    `json:"dataset_checksum"` // tells datasets of one name apart
	Started  time.Time `json:"started"`          // UTC
	Seconds  float64   `json:"seconds"`          // trained so far, without the time between stopping and resuming
	Version  string    `json:"version"`          // of this program

	training.State
}

const (
	checkpointMagic = "cifartrain checkpoint 1 "

	// longestCheckpoint is a hundred times the largest shipped model's.
	longestCheckpoint = 4 << 30
	// longestCheckpointHeader leaves room for the history of 300,000 epochs.
	longestCheckpointHeader = 32 << 20
)

// WriteCheckpoint makes c the folder's checkpoint, written whole or not at all.
// The one before is kept beside it. It returns as soon as it has copied c, so that
// training goes on while the copy is written; wait returns once it is, with the
// error. Only one may be written at a time.
func (f *Folder) WriteCheckpoint(c *Checkpoint) (wait func() error) {
	body, err := c.encode()
	if err != nil {
		return func() error { return fmt.Errorf("making %s: %w", CheckpointFile, err) }
	}
	written := make(chan error, 1)
	go func() {
		written <- f.replace(f.File(CheckpointFile), f.File(PreviousCheckpointFile), checkpointHead(body), body)
	}()
	return func() error { return <-written }
}

// Checkpoint reads the folder's checkpoint, or the previous one if it is
// damaged or missing. damage then says what is wrong with the newer one; it is
// nil if that is only missing. If there is neither, the error is
// fs.ErrNotExist.
func (f *Folder) Checkpoint() (c *Checkpoint, damage, err error) {
	if c, damage = readCheckpoint(f.File(CheckpointFile)); damage == nil {
		return c, nil, nil
	}
	if errors.Is(damage, fs.ErrNotExist) {
		damage = nil
	}
	if c, err = readCheckpoint(f.File(PreviousCheckpointFile)); err != nil {
		return nil, nil, errors.Join(damage, err)
	}
	return c, damage, nil
}

// SetAsideCheckpoint renames a damaged checkpoint, so that it does not become
// the previous one when the next is written. It returns the new name.
func (f *Folder) SetAsideCheckpoint() (string, error) {
	aside := f.File(damagedCheckpointFile)
	if err := f.step("rename", aside, func() error { return os.Rename(f.File(CheckpointFile), aside) }); err != nil {
		return "", newWriteError(aside, err)
	}
	return aside, nil
}

// encode returns what follows the line of text in the checkpoint's file.
func (c *Checkpoint) encode() ([]byte, error) {
	run, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	all := make(map[string]*tensor.Dense)
	for group, tensors := range c.Tensors {
		for name, value := range tensors {
			all[group+"/"+name] = value
		}
	}
	body, err := Safetensors(all, map[string]string{"run": string(run), "history": string(historyTable(c.History)), "layers": string(layersTable(c.History))})
	if err == nil && binary.LittleEndian.Uint64(body) > longestCheckpointHeader {
		err = fmt.Errorf("the history of %d epochs is too long for a checkpoint: begin a new run with -init", len(c.History))
	}
	return body, err
}

// checkpointHead returns the line of text before the body.
func checkpointHead(body []byte) []byte {
	return fmt.Appendf(nil, "%s%x %d\n", checkpointMagic, sha256.Sum256(body), len(body))
}

func readCheckpoint(path string) (*Checkpoint, error) {
	content, err := read(path, longestCheckpoint)
	if err != nil {
		return nil, err
	}
	c, err := decodeCheckpoint(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// decodeCheckpoint reverses encode. The error says what is wrong and where.
func decodeCheckpoint(content []byte) (*Checkpoint, error) {
	_, body, _ := bytes.Cut(content, []byte("\n"))
	start := len(content) - len(body)
	switch {
	case !bytes.HasPrefix(content, []byte(checkpointMagic)):
		return nil, fmt.Errorf("byte 0: this is not a checkpoint that this program reads: it does not begin with %q", checkpointMagic)
	case !bytes.Equal(content[:start], checkpointHead(body)):
		return nil, fmt.Errorf("the %d bytes from byte %d on are not those whose SHA-256 and length the first line gives: the file is damaged or was cut short", len(body), start)
	}
	tensors, metadata, err := decodeSafetensors(body, longestCheckpointHeader)
	if err != nil {
		return nil, fmt.Errorf("the part from byte %d %w", start, err)
	}
	c := &Checkpoint{State: training.State{Tensors: make(map[string]map[string]*tensor.Dense)}}
	if err := json.Unmarshal([]byte(metadata["run"]), c); err != nil {
		return nil, fmt.Errorf("field run: %s", shortened(err.Error()))
	}
	if !(c.Seconds >= 0 && c.Seconds <= metrics.MostSeconds) {
		return nil, fmt.Errorf("field run: no run takes %g seconds", c.Seconds)
	}
	if c.History, err = parseHistory([]byte(metadata["history"])); err != nil {
		return nil, fmt.Errorf("field history: %w", err)
	}
	if err := parseLayers([]byte(metadata["layers"]), c.History); err != nil {
		return nil, fmt.Errorf("field layers: %w", err)
	}
	for path, value := range tensors {
		group, name, _ := strings.Cut(path, "/")
		if c.Tensors[group] == nil {
			c.Tensors[group] = make(map[string]*tensor.Dense)
		}
		c.Tensors[group][name] = value
	}
	return c, nil
}
