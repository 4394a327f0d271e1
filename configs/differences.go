package configs

import (
	"reflect"
	"slices"
	"strings"
)

// Differences returns the dotted paths of the keys in which two configurations
// differ, in the format's order.
func Differences(a, b Config) []string {
	return differences("", reflect.ValueOf(a), reflect.ValueOf(b))
}

func differences(prefix string, a, b reflect.Value) (keys []string) {
	for i := range a.NumField() {
		name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("yaml"), ",")
		key, x, y := prefix+name, a.Field(i), b.Field(i)
		switch {
		case x.Type() == reflect.TypeFor[*Sweep]():
			keys = append(keys, sweepDifferences(key, x.Interface().(*Sweep), y.Interface().(*Sweep))...)
		case x.Kind() == reflect.Struct:
			keys = append(keys, differences(key+".", x, y)...)
		case !reflect.DeepEqual(x.Interface(), y.Interface()):
			keys = append(keys, key)
		}
	}
	return keys
}

// sweepDifferences are those of two sweeps, of which there may be none.
func sweepDifferences(key string, a, b *Sweep) (keys []string) {
	switch {
	case reflect.DeepEqual(a, b):
		return nil
	case a == nil, b == nil:
		return []string{key}
	}
	lists := func(s *Sweep, swept SweptKey) bool {
		return slices.ContainsFunc(s.Keys, func(other SweptKey) bool { return reflect.DeepEqual(other, swept) })
	}
	for _, swept := range slices.Concat(a.Keys, b.Keys) {
		if path := join(key, swept.Key); !(lists(a, swept) && lists(b, swept)) && !slices.Contains(keys, path) {
			keys = append(keys, path)
		}
	}
	if a.Method != b.Method {
		keys = append(keys, join(key, "method"))
	}
	if a.Budget != b.Budget {
		keys = append(keys, join(key, "budget"))
	}
	if keys == nil { // the order of the keys, which is that of the runs
		return []string{key}
	}
	return keys
}
