package configs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ClassNames returns the names of the classes that the configuration chooses,
// some of which it may give by number. all are the dataset's classes. It
// returns no names if the configuration chooses none, and a problem for each
// class that the dataset lacks or that is named twice.
func (c Config) ClassNames(all []string) (names []string, problems []Problem) {
	for i, written := range c.Data.Classes {
		name := written
		if number, err := strconv.Atoi(written); err == nil && number >= 0 && number < len(all) && !slices.Contains(all, written) {
			name = all[number]
		}
		wrong := ""
		if !slices.Contains(all, name) {
			hint := fmt.Sprintf("; the classes are %s, or their numbers 0 to %d", shortened(strings.Join(all, ", ")), len(all)-1)
			wrong = quoted(written) + " is not a class" + cmp.Or(didYouMean(written, all), hint)
		} else if slices.Contains(names, name) {
			wrong = name + " is named twice"
		}
		if wrong != "" {
			problems = append(problems, Problem{Key: fmt.Sprintf("data.classes[%d]", i), Message: wrong})
		}
		names = append(names, name)
	}
	return names, problems
}
