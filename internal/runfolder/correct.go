package runfolder

import (
	"bytes"
	"fmt"
)

// correctHead is the first line of correct.csv. Each further line is 1 or 0.
const correctHead = "correct\n"

// WriteCorrect writes correct.csv: for each test image, in the dataset's order,
// whether the best weights classify it correctly. Two classifiers of the same
// images are compared by it.
func (f *Folder) WriteCorrect(correct []bool) error {
	content := []byte(correctHead)
	for _, right := range correct {
		if right {
			content = append(content, "1\n"...)
		} else {
			content = append(content, "0\n"...)
		}
	}
	return f.Write(CorrectFile, content)
}

// Correct reads correct.csv.
func (f *Folder) Correct() ([]bool, error) {
	content, err := read(f.File(CorrectFile), maxTextFile)
	if err != nil {
		return nil, err
	}
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	rows, found := bytes.CutPrefix(content, []byte(correctHead))
	if !found {
		return nil, fmt.Errorf("%s: line 1 is not %q", f.File(CorrectFile), correctHead[:len(correctHead)-1])
	}
	correct := make([]bool, 0, len(rows)/2)
	for line := range bytes.Lines(rows) {
		switch string(bytes.TrimSuffix(line, []byte("\n"))) {
		case "1":
			correct = append(correct, true)
		case "0":
			correct = append(correct, false)
		default:
			return nil, fmt.Errorf("%s: line %d is %q, want 0 or 1", f.File(CorrectFile), len(correct)+2, shortened(string(line)))
		}
	}
	return correct, nil
}
