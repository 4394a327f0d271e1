// Package addressspace ends the program with a sentence, as it starts, where the shell
// limits its address space (ulimit -v) so far that Go's runtime would end it later: with
// the stacks of all goroutines, which nothing can catch. The package imports little, so
// that it is initialized before those that start threads. Below 1.4 GB the runtime may
// end the program even before that.
package addressspace

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
)

// least is what any command takes of the memory that Go's runtime has not reserved.
const least = 100 << 20

func init() {
	if left := Left(); left < least {
		fmt.Fprintf(os.Stderr, "error: the limit of the address space (ulimit -v) is %d MB too low, because Go's runtime reserves %d MB that it never uses: lift it with ulimit -v unlimited; GOMEMLIMIT=1GiB bounds the memory in use instead\n",
			(least-left)>>20, reserved()>>20)
		os.Exit(1)
	}
}

// reserved is the address space, in bytes, that is never used: for Go's heap, and for
// the stack and the heap in C of each thread. With two processors, 1.8 to 2.1 GB were
// measured.
func reserved() int64 { return 2<<30 + int64(runtime.GOMAXPROCS(0))*(72<<20) }

// Left returns how many bytes of memory the limit of the address space allows. They are
// [math.MaxInt64] without a limit.
func Left() int64 {
	var limit int64
	content, _ := os.ReadFile("/proc/self/limits") // only Linux has it
	_, rest, _ := strings.Cut(string(content), "Max address space")
	if n, _ := fmt.Sscan(rest, &limit); n == 0 || math.MaxInt == math.MaxInt32 {
		return math.MaxInt64 // it says "unlimited"; or the heap is not reserved, on 32 bits
	}
	return limit - reserved()
}
