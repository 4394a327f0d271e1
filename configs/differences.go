package configs

import (
	"reflect"
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
		case x.Kind() == reflect.Struct:
			keys = append(keys, differences(key+".", x, y)...)
		case !reflect.DeepEqual(x.Interface(), y.Interface()):
			keys = append(keys, key)
		}
	}
	return keys
}
