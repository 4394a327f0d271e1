// Package commands holds the subcommands that train nothing, one in each file.
// They prepare runs as training does, with package experiments.
package commands

import (
	"fmt"

	"cifartrain/experiments"
)

// wrong returns an error for a request that cannot be carried out as it stands.
func wrong(format string, args ...any) error {
	return experiments.RequestError(fmt.Sprintf(format, args...))
}
