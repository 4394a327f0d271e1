package configs

import (
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

// classHint suggests the class that was probably meant, or lists all classes.
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
