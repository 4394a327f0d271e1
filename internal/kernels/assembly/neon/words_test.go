package main

import (
	"encoding/binary"
	"regexp"
	"strconv"
	"testing"

	"golang.org/x/arch/arm64/arm64asm"
)

// TestWords has a disassembler read every word and compares with what stands
// beside it.
func TestWords(t *testing.T) {
	file := kernels()
	words := regexp.MustCompile(`WORD +\$0x(\w+) // (.+)`).FindAllStringSubmatch(file.assembly.String(), -1)
	if len(words) == 0 {
		t.Fatal("the kernels have no words")
	}
	for _, word := range words {
		number, err := strconv.ParseUint(word[1], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		instruction, err := arm64asm.Decode(binary.LittleEndian.AppendUint32(nil, uint32(number)))
		if err != nil {
			t.Fatalf("%s: %v", word[0], err)
		}
		if got := arm64asm.GNUSyntax(instruction); got != word[2] {
			t.Errorf("%s reads %q", word[0], got)
		}
	}
}
