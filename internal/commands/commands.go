// Package commands is the command line: its flags, one table of what it does,
// and a file for each subcommand. They prepare runs as training does, with
// package runs.
package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cifartrain/internal/runs"
)

// A command is one thing that the program does.
type command struct {
	usage   string // its name and its operands: "compare RUN RUN..."
	summary string
	flags   string // the flags that it takes
	run     func(p *program, ctx context.Context, operands []string) error
}

// commands are all commands, in the order of the manual. The first three are
// calls of the same one.
func commands() []command {
	const training = "config set data runs init resume seeds join tensorboard dry-run find-rate quiet"
	return []command{
		{"-config configs/svm.yaml", "train, evaluate, draw", training, (*program).train},
		{"-config A -config B", "train each in turn, then compare them", training, (*program).train},
		{"-config svm_sweep", "try out many settings and compare them", training, (*program).train},
		{"compare RUN RUN...", "compare finished runs", "data runs quiet", (*program).compare},
		{"evaluate RUN", "score a run's best weights on the test images again", "set data quiet", (*program).evaluate},
		{"-resume RUN", "go on with an interrupted run or sweep", "resume config set data tensorboard quiet", (*program).resumeRun},
		{"watch RUN", "a run's report in the browser, as it trains", "port", (*program).watch},
		{"predict RUN [FILE|DIR...]", "what a run's best weights say of pictures, or of its own images", "split o set data quiet", (*program).predict},
		{"encode RUN [FILE|DIR...]", "an autoencoder's codes of pictures, or of its own images", "split o set data quiet", (*program).encode},
		{"export RUN", "a run's best weights as ONNX, npz, safetensors or a page", "format weights o data quiet", (*program).exportRun},
		{"report RUN", "draw a run's pictures and page again", "format width set data runs quiet", (*program).report},
		{"runs", "all runs with their figures (also runs/index.html)", "runs", (*program).list},
		{"list", "the shipped configs", "", (*program).listConfigs},
		{"show NAME", "one of them, with all keys that have an effect", "set data", (*program).show},
		{"schema", "the configs' JSON Schema, for editors", "", (*program).schema},
	}
}

// name is the first word of a command's usage.
func (c command) name() string { return strings.Fields(c.usage)[0] }

// takes reports whether the command takes so many operands: as many as its
// usage shows, or more where that has dots.
func (c command) takes(count int) bool {
	if strings.HasPrefix(c.usage, "-") { // its words are flags and their values
		return count == 0
	}
	needed := len(strings.Fields(strings.Split(c.usage, "[")[0])) - 1
	return count == needed || count > needed && strings.Contains(c.usage, "...")
}

// manual returns a line for each command as it is typed.
func manual(program string) string {
	var lines strings.Builder
	for _, c := range commands() {
		fmt.Fprintf(&lines, "%-36s %s\n", program+" "+c.usage, c.summary)
	}
	return lines.String()
}

// commandNames lists the commands in a sentence.
func commandNames() string {
	var names []string
	for _, c := range commands() {
		if name := c.name(); !strings.HasPrefix(name, "-") {
			names = append(names, name)
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// find returns the command of a name.
func find(name string) (command, error) {
	all := commands()
	if i := slices.IndexFunc(all, func(c command) bool { return c.name() == name }); i >= 0 {
		return all[i], nil
	}
	hint := ""
	if _, err := runs.Load(name, nil); err == nil {
		hint = "; to train that config, put -config before it"
	}
	return command{}, usagef("there is no command %q, but %s%s", name, commandNames(), hint)
}
