// Package commands holds the subcommands that train nothing, one in each file.
// They prepare runs as training does, with package runs.
package commands

import (
	"fmt"

	"cifartrain/internal/runs"
)

// wrong returns an error for a request that cannot be carried out as it stands.
func wrong(format string, args ...any) error {
	return runs.RequestError(fmt.Sprintf(format, args...))
}
