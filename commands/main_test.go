package commands

import (
	"os"
	"testing"

	"cifartrain/experiments"
)

// TestMain leaves nothing in the cache of whoever tests.
func TestMain(m *testing.M) {
	os.Setenv(experiments.CacheVariable, "")
	os.Exit(m.Run())
}
