package configs

import "strings"

// nearest returns the known name that a misspelled one was probably meant to
// be, or "" if none is close: at most a third of its letters may differ.
func nearest(written string, known []string) string {
	const longest = 40 // no key is longer; this bounds the work for hostile names
	if len(written) > longest {
		return ""
	}
	written = strings.ToLower(written)
	best, fewest := "", 1+max(2, len(written))/3
	for _, name := range known {
		limit := 1 + len(name)/3
		if d := editDistance(written, name); d < limit && d < fewest {
			best, fewest = name, d
		}
	}
	return best
}

// editDistance returns how many letters must be inserted, removed, replaced or
// swapped with their neighbor to turn a into b: the optimal string alignment
// distance (Damerau and Levenshtein), over bytes.
func editDistance(a, b string) int {
	d := make([][]int, len(a)+1) // d[i][j]: distance of a[:i] and b[:j]
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			d[i][j] = min(replace, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
