package commands

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"cifartrain/internal/kernels"
	"cifartrain/internal/runfolder"
)

// printVersion prints the version of the program, what it was built with and which
// instructions of the processor it uses: what a bug report needs.
func printVersion(out io.Writer) {
	fmt.Fprintf(out, "cifartrain %s\n", runfolder.Version())
	fmt.Fprintf(out, "%s for %s/%s, %d processors, %s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), kernels.Instructions())
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return
	}
	for _, module := range info.Deps {
		if module.Path == "gorgonia.org/gorgonia" || module.Path == "gorgonia.org/tensor" {
			fmt.Fprintf(out, "%s %s\n", module.Path, module.Version)
		}
	}
}
