package cifar

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"

	"cifartrain/internal/pickles"
)

// unpickle returns the value in a pickle of protocol 2 to 5. Nothing in it is
// ever executed: every name that it asks for must be one of standIns. With an
// error, offset is the byte that was reached.
func unpickle(content []byte) (value any, offset int64, err error) {
	if at, err := pickles.Scan(content, limits); err != nil {
		return nil, int64(at), err
	}
	reader := bytes.NewReader(content)
	defer func() { // the pickle package panics on some wrong input
		if fault := recover(); fault != nil {
			value, offset, err = nil, int64(len(content)-reader.Len()), fmt.Errorf("the pickle is damaged: %.200v", fault)
		}
	}()
	unpickler := pickle.NewUnpickler(reader)
	unpickler.FindClass = findStandIn
	value, err = unpickler.Load()
	return value, int64(len(content) - reader.Len()), err
}

// limits are what a pickle may need. The largest published file, CIFAR-100's,
// has about 250,000 operations.
var limits = pickles.Limits{Operations: 500_000, Integer: math.MaxInt32}

// A function replaces a Python function or class that a pickle calls.
type function func(arguments []any) (any, error)

// Call implements [types.Callable].
func (f function) Call(arguments ...any) (any, error) { return f(arguments) }

// standIns are all the names that a pickle may ask for: those with which NumPy
// pickles its arrays, and the one with which Python 3 writes bytes under
// protocol 2. NumPy 2 calls its module numpy._core.
var standIns = map[string]function{
	"numpy.core.multiarray._reconstruct":  newArray,
	"numpy._core.multiarray._reconstruct": newArray,
	"numpy.core.numeric._frombuffer":      fromBuffer,
	"numpy._core.numeric._frombuffer":     fromBuffer,
	"numpy.ndarray":                       notCalled,
	"numpy.dtype":                         newDtype,
	"_codecs.encode":                      encode,
}

// findStandIn implements the lookup of a name in a pickle.
func findStandIn(module, name string) (any, error) {
	if f, known := standIns[module+"."+name]; known {
		return f, nil
	}
	return nil, fmt.Errorf("the pickle asks for %.100q, which is not part of NumPy's arrays; nothing but those is read", module+"."+name)
}

// notCalled replaces a class that may be named but not called.
func notCalled([]any) (any, error) { return nil, errors.New("the pickle calls numpy.ndarray") }

// An array is a NumPy array.
type array struct {
	shape   []int
	dtype   string
	fortran bool // column after column
	data    []byte
}

// newArray returns an empty array. PySetState adds its content.
func newArray([]any) (any, error) { return &array{}, nil }

// PySetState implements [types.PyStateSettable] for the state that NumPy's
// __reduce__ writes: version, shape, dtype, is_fortran and the bytes.
func (a *array) PySetState(state any) error {
	parts := tuple(state)
	if len(parts) != 5 {
		return fmt.Errorf("the state of a NumPy array has %d parts, want 5", len(parts))
	}
	fortran, ok := parts[3].(bool)
	if !ok {
		return errors.New("the state of a NumPy array does not say in which order it is stored")
	}
	return a.set(parts[4], parts[2], parts[1], fortran)
}

// fromBuffer makes an array from bytes, dtype, shape and order.
func fromBuffer(arguments []any) (any, error) {
	if len(arguments) != 4 {
		return nil, fmt.Errorf("a NumPy array is made from %d parts, want 4", len(arguments))
	}
	a := &array{}
	return a, a.set(arguments[0], arguments[1], arguments[2], arguments[3] != "C")
}

func (a *array) set(data, kind, shape any, fortran bool) error {
	sides := tuple(shape)
	a.shape = nil
	for _, side := range sides {
		n, ok := side.(int)
		if !ok || n < 0 || n > math.MaxInt32 {
			return errors.New("the shape of a NumPy array is not a tuple of sizes")
		}
		a.shape = append(a.shape, n)
	}
	d, ok := kind.(*dtype)
	if !ok {
		return errors.New("a NumPy array has no dtype")
	}
	bytes, ok := bytesOf(data)
	if !ok {
		return errors.New("a NumPy array has no bytes")
	}
	a.dtype, a.fortran, a.data = d.name, fortran, bytes
	return nil
}

// A dtype is NumPy's description of an element. Its state, such as the byte
// order, does not matter for single bytes.
type dtype struct{ name string }

func newDtype(arguments []any) (any, error) {
	if len(arguments) == 0 {
		return nil, errors.New("a NumPy dtype has no name")
	}
	name, ok := bytesOf(arguments[0])
	if !ok {
		return nil, errors.New("a NumPy dtype has no name")
	}
	return &dtype{string(name)}, nil
}

// PySetState implements [types.PyStateSettable].
func (d *dtype) PySetState(any) error { return nil }

// encode is Python's codecs.encode(text, "latin1").
func encode(arguments []any) (any, error) {
	if len(arguments) != 2 || arguments[1] != "latin1" {
		return nil, errors.New("the pickle encodes text in something other than latin1")
	}
	text, ok := arguments[0].(string)
	if !ok {
		return nil, errors.New("the pickle encodes something other than text")
	}
	bytes := make([]byte, 0, len(text))
	for _, r := range text {
		if r > math.MaxUint8 {
			return nil, fmt.Errorf("the pickle encodes %q in latin1, which has no such letter", r)
		}
		bytes = append(bytes, byte(r))
	}
	return bytes, nil
}

// tuple returns the values of a tuple, and nil for anything else.
func tuple(value any) []any {
	if t, ok := value.(*types.Tuple); ok {
		return *t
	}
	return nil
}

// bytesOf returns the bytes of a Python 2 string, of bytes or of a bytearray.
func bytesOf(value any) ([]byte, bool) {
	switch v := value.(type) {
	case string:
		return []byte(v), true
	case []byte:
		return v, true
	case *types.ByteArray:
		return *v, true
	}
	return nil, false
}
