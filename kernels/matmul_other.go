//go:build !amd64

package kernels

// instructionSets are none: gonum's product serves other processors.
var instructionSets []*instructionSet

func copy4(to *float32, toStride int, from *float32, fromStride, k int)      { panic(noAssembly) }
func copy16(to *float32, toStride int, from *float32, fromStride, k int)     { panic(noAssembly) }
func transpose4(to *float32, toStride int, from *float32, fromStride, k int) { panic(noAssembly) }

const noAssembly = "kernels: no assembly for this processor"
