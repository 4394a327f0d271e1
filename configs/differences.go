package configs

import (
	"reflect"
	"slices"
)

// Differences returns the dotted paths of the keys in which two configurations
// differ, in the format's order.
func Differences(a, b Config) []string {
	return append(differences(a, b), sweepDifferences(a.Sweep, b.Sweep)...)
}

// differences compares two configurations without their sweeps.
func differences(a, b Config) (paths []string) {
	for _, k := range format {
		if a.Sweep.has(k.path) || b.Sweep.has(k.path) {
			continue
		}
		x, y := k.field(reflect.ValueOf(a)), k.field(reflect.ValueOf(b))
		if x.IsValid() != y.IsValid() || x.IsValid() && !same(x.Interface(), y.Interface()) {
			paths = append(paths, k.path)
		}
	}
	return paths
}

// same reports whether two values of a key are equal. It ignores passwords in
// addresses.
func same(x, y any) bool {
	if address, ok := x.(Address); ok {
		return address.Equal(y.(Address))
	}
	return reflect.DeepEqual(x, y)
}

// sweepDifferences compares two sweeps, each of which may be nil.
func sweepDifferences(a, b *Sweep) (paths []string) {
	if a == nil || b == nil {
		if a != b {
			paths = []string{"sweep"}
		}
		return paths
	}
	lists := func(s *Sweep, swept SweptKey) bool {
		return slices.ContainsFunc(s.Keys, func(other SweptKey) bool { return reflect.DeepEqual(other, swept) })
	}
	for _, swept := range slices.Concat(a.Keys, b.Keys) {
		if path := join("sweep", swept.Key); !(lists(a, swept) && lists(b, swept)) && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for _, k := range sweepFormat {
		if !same(k.field(reflect.ValueOf(a)).Interface(), k.field(reflect.ValueOf(b)).Interface()) {
			paths = append(paths, k.path)
		}
	}
	if paths == nil && !reflect.DeepEqual(a.Keys, b.Keys) { // the keys' order decides the runs' order
		paths = []string{"sweep"}
	}
	return paths
}
