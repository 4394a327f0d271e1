package commands

import (
	"context"
	"runtime"
	"strings"
	"testing"
)

// TestVersion asks for the version alone and beside a command, which is not run.
func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"-version"}, {"evaluate", "-version"}} {
		status, stdout, stderr := call(context.Background(), args...)
		if status != exitDone || stderr != "" {
			t.Errorf("%v: exit status %d, %s", args, status, stderr)
		}
		for _, want := range []string{"cifartrain ", runtime.Version(), runtime.GOARCH} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%v does not say %q:\n%s", args, want, stdout)
			}
		}
	}
}
