package configs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ClassNames returns the names of the chosen classes, of which some may be given
// by number, out of all that a dataset has; none chosen stay none. It returns a
// problem for each that the dataset lacks or that is named twice.
func (c Config) ClassNames(all []string) (names []string, problems []Problem) {
	for i, written := range c.Data.Classes {
		name := written
		if number, err := strconv.Atoi(written); err == nil && number >= 0 && number < len(all) && !slices.Contains(all, written) {
			name = all[number]
		}
		wrong := Problem{Key: element("data.classes", i)}
		switch {
		case !slices.Contains(all, name):
			wrong.Message = fmt.Sprintf("%s is not a class; %s", quoted(written), classHint(written, all))
			problems = append(problems, wrong)
		case slices.Contains(names, name):
			wrong.Message = name + " is named twice"
			problems = append(problems, wrong)
		}
		names = append(names, name)
	}
	return names, problems
}

// classHint names the class that was most likely meant, or all there are.
func classHint(written string, all []string) string {
	const shown = 20
	if meant := nearest(written, all); meant != "" {
		return "did you mean " + meant + "?"
	}
	listed := strings.Join(all[:min(shown, len(all))], ", ")
	if len(all) > shown {
		listed += ", ..."
	}
	return fmt.Sprintf("the classes are %s, or their numbers 0 to %d", listed, len(all)-1)
}
