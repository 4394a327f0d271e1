package configs

import (
	"fmt"
	"slices"
)

// invalid records a problem at the place where the key was given, or at the
// file if it was not.
func (d *decoder) invalid(key, format string, args ...any) {
	at, given := d.places[key]
	if !given {
		at = place{source: d.source}
	}
	d.distrust(key)
	d.report(Problem{Source: at.source, Line: at.line, Key: key, Message: fmt.Sprintf(format, args...)})
}

// element returns the key of a list's element.
func element(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// sound reports whether keys and the sections they lie in have no problem so
// far, so that what they say can be relied on.
func (d *decoder) sound(keys ...string) bool {
	for _, key := range keys {
		for i := range len(key) + 1 {
			if i < len(key) && key[i] != '.' {
				continue
			}
			if _, wrong := d.wrong[key[:i]]; wrong {
				return false
			}
		}
	}
	return true
}

// choice checks that a value is one of a few words.
func (d *decoder) choice(key, value string, choices ...string) {
	if !d.sound(key) || slices.Contains(choices, value) {
		return
	}
	if meant := nearest(value, choices); meant != "" {
		d.invalid(key, "%s is not %s; did you mean %s?", quoted(value), oneOf(choices), meant)
		return
	}
	d.invalid(key, "%s is not %s", quoted(value), oneOf(choices))
}

// wholeBetween checks that a whole number is in a range, both ends included.
func (d *decoder) wholeBetween(key string, n, least, most int) {
	if d.sound(key) && (n < least || n > most) {
		d.invalid(key, "%d is not between %d and %d", n, least, most)
	}
}

// positive checks that a number is above 0, in the float32 of training too.
func (d *decoder) positive(key string, v float64) {
	switch {
	case v <= 0:
		d.invalid(key, "%v is not above 0", v)
	case v < smallestNormal:
		d.invalid(key, "%v is too small for 32-bit numbers; at least %v", v, smallestNormal)
	}
}

// smallestNormal is the smallest float32 with full precision, 2 to the -126.
const smallestNormal = 0x1p-126

// belowOne checks that a decay rate is at least 0 and, in float32 too, below 1.
func (d *decoder) belowOne(key string, v float64) {
	if v < 0 || float32(v) >= 1 {
		d.invalid(key, "%v is not at least 0 and below 1", v)
	}
}
