package runfolder

import (
	"fmt"
	"strings"
)

// WriteCorrect writes correct.csv: for each test image, in the dataset's order, 1
// if the best weights classify it correctly and 0 otherwise. Two classifiers of the
// same images are compared by it.
func (f *Folder) WriteCorrect(correct []bool) error {
	content := []byte("correct\n")
	for _, right := range correct {
		mark := byte('0')
		if right {
			mark = '1'
		}
		content = append(content, mark, '\n')
	}
	return f.Write(CorrectFile, content)
}

// Correct reads correct.csv.
func (f *Folder) Correct() ([]bool, error) {
	content, err := read(f.File(CorrectFile), maxTextFile)
	if err != nil {
		return nil, err
	}
	lines := strings.Fields(string(content))
	if len(lines) == 0 || lines[0] != "correct" {
		return nil, fmt.Errorf("%s: line 1 is not \"correct\"", f.File(CorrectFile))
	}
	correct := make([]bool, len(lines)-1)
	for i, mark := range lines[1:] {
		if mark != "0" && mark != "1" {
			return nil, fmt.Errorf("%s: line %d is %q, want 0 or 1", f.File(CorrectFile), i+2, shortened(mark))
		}
		correct[i] = mark == "1"
	}
	return correct, nil
}
