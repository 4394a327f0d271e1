// Package commands holds the program's subcommands that train nothing, one file
// each. They open runs as training does, by package experiments.
package commands

import (
	"fmt"

	"cifartrain/experiments"
)

// wrong returns an error for a request that cannot be met as it stands.
func wrong(format string, args ...any) error {
	return experiments.RequestError(fmt.Sprintf(format, args...))
}
