package configs

import "reflect"

// Differences returns the dotted paths of the keys in which two configurations
// differ, in the format's order; "sweep" stands for the swept keys, their values
// and their order.
func Differences(a, b Config) (paths []string) {
	for _, k := range format {
		if a.Sweep.has(k.path) || b.Sweep.has(k.path) {
			continue
		}
		x, y := k.field(&a), k.field(&b)
		if x.IsValid() != y.IsValid() && !below(k.path, "sweep") || x.IsValid() && y.IsValid() && !reflect.DeepEqual(x.Interface(), y.Interface()) {
			paths = append(paths, k.path)
		}
	}
	if (a.Sweep == nil) != (b.Sweep == nil) || a.Sweep != nil && !reflect.DeepEqual(a.Sweep.Keys, b.Sweep.Keys) {
		paths = append(paths, "sweep")
	}
	return paths
}
