package runfolder

import "runtime/debug"

// Development is the version of a program that was built without a commit or a
// released version.
const Development = "development"

// Version is this program's version: the commit it was built from ("+dirty" if
// files were changed since), or its module's version, or [Development] if the
// build knows neither.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Development
	}
	revision, changed := "", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			changed = "+dirty"
		}
	}
	if revision != "" {
		return revision + changed
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return Development
}
