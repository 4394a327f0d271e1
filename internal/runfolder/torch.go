package runfolder

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/pytorch"
	"github.com/nlpodyssey/gopickle/types"
	"gorgonia.org/tensor"

	"cifartrain/internal/pickles"
)

const (
	torchZip  = "PK\x03\x04" // how the files of torch.save begin, since torch 1.6
	howToSave = "save with torch.save(model.state_dict(), ...)"
)

// decodeTorch returns the float32 tensors of a file that torch.save wrote of
// model.state_dict(), or of a checkpoint in which that has one of the usual names,
// which is returned, too. content is what the file at path holds. Nothing in the file
// is executed: it may ask for tensors and dictionaries and for nothing else.
//
// gopickle allocates as much memory as a file claims to need, and trusts the
// file in some places. So the file is checked first, and a panic of gopickle
// becomes an error.
func decodeTorch(path string, content []byte) (tensors map[string]*tensor.Dense, wrappings []string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			tensors, wrappings, err = nil, nil, fmt.Errorf("is damaged: %s", shortened(fmt.Sprint(fault)))
		}
	}()
	if err := checkTorchZip(content); err != nil {
		return nil, nil, fmt.Errorf("is not a sound file of torch.save: %w", err)
	}
	var unknown error
	value, err := pytorch.LoadWithUnpickler(path, func(r io.Reader) pickle.Unpickler {
		unpickler := pickle.NewUnpickler(r)
		unpickler.FindClass = func(module, name string) (any, error) {
			unknown = fmt.Errorf("asks for %s; only weights are read; %s", shortened(module+"."+name), howToSave)
			return nil, unknown
		}
		return unpickler
	})
	switch {
	case unknown != nil:
		return nil, nil, unknown
	case err != nil:
		return nil, nil, fmt.Errorf("is not a sound file of torch.save: %s", shortened(err.Error()))
	}
	for _, key := range []string{"state_dict", "model_state_dict", "model"} {
		dictionary, ok := value.(interface{ Get(any) (any, bool) }) // in order or not
		if !ok {
			break
		}
		inner, found := dictionary.Get(key)
		if _, weight := inner.(*pytorch.Tensor); found && !weight {
			value, wrappings = inner, append(wrappings, key)
		}
	}
	tensors, err = stateDict(value)
	return tensors, wrappings, err
}

// torchLimits are what the pickle of a state_dict may hold. Pickles of whole
// modules and of checkpoints also create objects and hold numbers; those
// operations are allowed here, so that a later error can name what such a file
// asks for.
var torchLimits = pickles.Limits{Operations: 200_000, Integer: roomForWeights, Also: "Q\x8a\x81G"}

// checkTorchZip checks the zip file that torch writes: uncompressed members, of
// which data.pkl is the pickle and each file in data/ a storage.
func checkTorchZip(content []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	names, total := make(map[string]bool), uint64(0)
	for _, member := range archive.File {
		// gopickle identifies members by the last part of their names.
		name := path.Base(member.Name)
		total += member.UncompressedSize64
		switch {
		case names[name]:
			return fmt.Errorf("it holds two files named %s", shortened(name))
		case member.Method != zip.Store:
			return fmt.Errorf("%s is compressed, which torch never does", shortened(member.Name))
		case total > uint64(len(content)):
			return errors.New("its members are longer than the whole file")
		}
		names[name] = true
		// Reading a member to its end verifies its checksum.
		file, err := member.Open()
		if err != nil {
			return err
		}
		held, err := io.ReadAll(file)
		switch {
		case err != nil:
		case name == "data.pkl":
			_, err = pickles.Scan(held, torchLimits, nil)
		case name == "byteorder" && string(held) != "little":
			err = errors.New("its numbers are not little-endian")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", shortened(member.Name), err)
		}
	}
	return nil
}

// stateDict returns the tensors of a state_dict by name.
func stateDict(value any) (map[string]*tensor.Dense, error) {
	entries, ok := value.(*types.Dict)
	if ordered, isOrdered := value.(*types.OrderedDict); isOrdered {
		entries, ok = new(types.Dict), true
		for at := ordered.List.Front(); at != nil; at = at.Next() {
			entry := at.Value.(*types.OrderedDictEntry)
			entries.Set(entry.Key, entry.Value)
		}
	}
	if !ok {
		return nil, fmt.Errorf("is not a state_dict; %s", howToSave)
	}
	tensors := make(map[string]*tensor.Dense)
	for _, entry := range *entries {
		name, named := entry.Key.(string)
		weight, ok := entry.Value.(*pytorch.Tensor)
		if !named || !ok {
			return nil, fmt.Errorf("is not a state_dict: its %q is not a tensor; %s", shortened(fmt.Sprint(entry.Key)), howToSave)
		}
		var err error
		if tensors[name], err = contiguous(weight); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", shortened(name), err)
		}
	}
	return tensors, nil
}

// contiguous copies a float32 tensor of torch, whose elements may lie anywhere
// in their storage, into one with its elements in order. The number of batches of a
// batch normalization, a whole number, becomes a tensor of one element.
func contiguous(t *pytorch.Tensor) (*tensor.Dense, error) {
	if count, ok := t.Source.(*pytorch.LongStorage); ok && len(t.Size) == 0 && t.StorageOffset >= 0 && t.StorageOffset < len(count.Data) {
		return tensor.New(tensor.WithShape(1), tensor.WithBacking([]float32{float32(count.Data[t.StorageOffset])})), nil
	}
	storage, ok := t.Source.(*pytorch.FloatStorage)
	if !ok {
		return nil, errors.New("its numbers are not float32; save with torch.save(model.float().state_dict(), ...)")
	}
	count := 1
	for _, size := range t.Size {
		if size < 1 || count > len(storage.Data)/size || len(t.Size) != len(t.Stride) {
			return nil, fmt.Errorf("its shape %v with strides %v is larger than its storage of %d elements", t.Size, t.Stride, len(storage.Data))
		}
		count *= size
	}
	values := make([]float32, count)
	for i := range values {
		at, rest := t.StorageOffset, i
		for d, size := range slices.Backward(t.Size) {
			at += rest % size * t.Stride[d]
			rest /= size
		}
		if at < 0 || at >= len(storage.Data) {
			return nil, fmt.Errorf("element %d lies outside its storage of %d elements", i, len(storage.Data))
		}
		values[i] = storage.Data[at]
	}
	return tensor.New(tensor.WithShape(t.Size...), tensor.WithBacking(values)), nil
}
