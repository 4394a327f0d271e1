// Package pickles walks through a pickle without executing it: to take texts and
// numbers from it, or to check it before gopickle reads it, so that this cannot
// take much more memory than its file has bytes.
//
// The operations are described in Python's pickletools.
package pickles

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Limits say what a pickle may hold.
type Limits struct {
	Operations int    // the number of operations; each may cost a few hundred bytes
	Integer    int64  // the largest whole number
	Also       string // operations allowed besides those for dictionaries, lists, tuples, text, bytes and small numbers
}

// Scan walks through the operations of the pickle at the start of content and
// returns where it ends. If an operation is not allowed or exceeds a limit, or
// if its length runs past the end of content, Scan returns an error and where
// that operation begins. gopickle would allocate such a length before it reads.
// visit, if it is not nil, is called with each text, or bytes, and with each whole
// number, for which text is nil.
func Scan(content []byte, limits Limits, visit func(text []byte, number int64)) (at int, err error) {
	for count := 0; at < len(content); count++ {
		code, rest := content[at], content[at+1:]
		operand, allowed := operands[code]
		allowed = allowed && (!operand.rare || strings.IndexByte(limits.Also, code) >= 0)
		switch {
		case !allowed:
			return at, fmt.Errorf("the pickle operation %q is not one that such a file needs", code)
		case count == limits.Operations:
			return at, fmt.Errorf("the pickle has more than %d operations", limits.Operations)
		case code == stop:
			return at + 1, nil
		}
		used, value, err := operand.read(rest)
		number := int64(int32(value)) // of at most four bytes, if the operand is one
		switch {
		case err != nil:
			return at, err
		case operand.number && number > limits.Integer:
			return at, fmt.Errorf("the number %d is larger than any in such a file", number)
		case visit != nil && operand.number:
			visit(nil, number)
		case visit != nil && operand.sized && !operand.framed:
			visit(rest[operand.bytes:used:used], 0)
		}
		at += 1 + used
	}
	return at, errors.New("the pickle ends too early")
}

// An operand is what follows the byte of an operation in a pickle.
type operand struct {
	bytes  int  // the size of the operand or of its length
	sized  bool // whether those bytes give the length of what follows them
	framed bool // whether what follows consists of operations, too
	lines  int  // the number of lines that it consists of instead
	number bool // whether it is a whole number
	rare   bool // whether it is allowed only if [Limits.Also] contains it
}

// read returns the number of bytes of the operand at the start of rest, and the
// number or length that it begins with.
func (o operand) read(rest []byte) (used int, value uint64, err error) {
	for range o.lines {
		const longest = 100
		line := bytes.IndexByte(rest[used:min(used+longest, len(rest))], '\n')
		if line < 0 {
			return 0, 0, fmt.Errorf("a name has no end within %d bytes", longest)
		}
		used += line + 1
	}
	if len(rest) < o.bytes {
		return 0, 0, errors.New("the pickle ends within an operation")
	}
	var eight [8]byte
	copy(eight[:], rest[:o.bytes])
	value = binary.LittleEndian.Uint64(eight[:])
	if o.sized && value > uint64(len(rest)-o.bytes) {
		return 0, 0, fmt.Errorf("a length of %d bytes runs past the end of the file", value)
	}
	if used += o.bytes; o.sized && !o.framed {
		used += int(value)
	}
	return used, value, nil
}

// stop is the operation that ends a pickle.
const stop = '.'

// operands are those of the operations with which Python, under protocols 2 to
// 5, writes dictionaries, lists, tuples, text, bytes, small numbers and objects
// made of these, and of some more operations that torch uses.
var operands = map[byte]operand{
	'\x80': {bytes: 1},                            // PROTO
	'\x95': {bytes: 8, sized: true, framed: true}, // FRAME
	stop:   {},
	'(':    {},                         // MARK
	'N':    {}, '\x88': {}, '\x89': {}, // NONE, NEWTRUE, NEWFALSE
	'J': {bytes: 4, number: true}, 'K': {bytes: 1, number: true}, 'M': {bytes: 2, number: true}, // BININT, BININT1, BININT2
	'Q': {rare: true}, '\x8a': {bytes: 1, sized: true, rare: true}, // BINPERSID, LONG1
	'\x81': {rare: true}, 'G': {bytes: 8, rare: true}, // NEWOBJ, BINFLOAT
	'T': {bytes: 4, sized: true}, 'U': {bytes: 1, sized: true}, // BINSTRING, SHORT_BINSTRING
	'X': {bytes: 4, sized: true}, '\x8c': {bytes: 1, sized: true}, '\x8d': {bytes: 8, sized: true}, // BINUNICODE, SHORT_, 8
	'B': {bytes: 4, sized: true}, 'C': {bytes: 1, sized: true}, '\x8e': {bytes: 8, sized: true}, // BINBYTES, SHORT_, 8
	'\x96': {bytes: 8, sized: true},                         // BYTEARRAY8
	')':    {}, '\x85': {}, '\x86': {}, '\x87': {}, 't': {}, // EMPTY_TUPLE, TUPLE1 to 3, TUPLE
	'}': {}, 's': {}, 'u': {}, // EMPTY_DICT, SETITEM, SETITEMS
	']': {}, 'a': {}, 'e': {}, // EMPTY_LIST, APPEND, APPENDS
	'q': {bytes: 1}, 'r': {bytes: 4}, '\x94': {}, // BINPUT, LONG_BINPUT, MEMOIZE
	'h': {bytes: 1}, 'j': {bytes: 4}, // BINGET, LONG_BINGET
	'c': {lines: 2}, '\x93': {}, // GLOBAL, STACK_GLOBAL
	'R': {}, 'b': {}, // REDUCE, BUILD
}
