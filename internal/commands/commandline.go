package commands

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
	"cifartrain/internal/shell"
)

// A usageError is a command line that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) + "; see -help" }

// WrongRequest marks the error as a fault of the command line.
func (usageError) WrongRequest() {}

// usagef returns a [usageError].
func usagef(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// A program is one call of the command: its flags and where it writes.
type program struct {
	stdout *output
	stderr io.Writer

	session            runs.Session
	export             ExportOptions
	split              string
	configs, overrides []string
	data, resume, join string
	quiet, dryRun      bool
	version            bool
	port               int
}

// subcommands are the commands, with the operands and the flags that each
// takes. A call without operands trains.
var subcommands = map[string]struct {
	operand     string // what the command takes; empty for nothing
	least, most int    // how many of them
	flags       []string
}{
	training:   {"", 0, 0, []string{"config", "set", "data", "runs", "init", "resume", "seeds", "join", "tensorboard", "dry-run", "quiet"}},
	resuming:   {"", 0, 0, []string{"resume", "config", "set", "data", "tensorboard", "quiet"}},
	"compare":  {"run folders", 2, 32, []string{"data", "runs", "quiet"}},
	"evaluate": {"run folder", 1, 1, []string{"set", "data", "quiet"}},
	"export":   {"run folder", 1, 1, []string{"format", "weights", "part", "o", "data", "quiet"}},
	"predict":  {"run folder, and after it files or folders of pictures", 1, math.MaxInt, []string{"split", "o", "set", "data", "quiet"}},
	"encode":   {"run folder, and after it files or folders of pictures", 1, math.MaxInt, []string{"split", "o", "set", "data", "quiet"}},
	"watch":    {"run folder", 1, 1, []string{"port"}},
	"report":   {"run folder", 1, 1, []string{"set", "data", "runs", "quiet"}},
	"runs":     {"", 0, 0, []string{"runs"}},
	"list":     {"", 0, 0, nil},
	"show":     {"config", 1, 1, []string{"set", "data"}},
}

// What the program does without a command.
const (
	training = "training a config"
	resuming = "-resume"
)

// commandNames lists the commands in a sentence.
const commandNames = "compare, evaluate, predict, encode, watch, report, runs, export, list and show"

// command parses the arguments and carries them out.
func (p *program) command(ctx context.Context, args []string) error {
	flags := p.flags()
	operands, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) || err == nil && len(operands) == 1 && operands[0] == "help" {
		return p.help(flags)
	}
	if err != nil {
		return err
	}
	if p.version {
		Version(p.stdout)
		return nil
	}
	if err := p.expandHome(operands); err != nil {
		return err
	}
	name := training
	if p.resume != "" {
		name = resuming
	} else if len(operands) > 0 {
		name, operands = operands[0], operands[1:]
	}
	if err := check(flags, name, operands); err != nil {
		return err
	}
	p.session.Out, p.session.Err = p.stdout, p.stderr
	if p.session.TensorBoard {
		p.session.Repeated = append(p.session.Repeated, "-tensorboard")
	}
	p.session.Display = reports.NewDisplay(p.stdout.Writer, p.quiet)
	switch name {
	case resuming:
		return p.goOn(ctx)
	case "compare":
		return Compare(ctx, &p.session, operands, p.settings())
	case "evaluate":
		return Evaluate(ctx, &p.session, operands[0], p.settings())
	case "predict", "encode":
		command := Predict
		if name == "encode" {
			command = Encode
		}
		selection := Selection{Split: p.split, Pictures: operands[1:]}
		return command(ctx, &p.session, operands[0], selection, p.export.File, p.settings())
	case "export":
		return Export(ctx, &p.session, operands[0], p.export, p.settings())
	case "watch":
		return Watch(ctx, &p.session, operands[0], p.port)
	case "report":
		return Report(ctx, &p.session, operands[0], p.settings())
	case "runs":
		return Runs(&p.session)
	case "list":
		List(&p.session)
		return nil
	case "show":
		return Show(&p.session, operands[0], p.settings())
	}
	if len(p.configs) == 0 {
		return usagef("nothing to do: name a config with -config, or one of the commands %s", commandNames)
	}
	return p.train(ctx)
}

// expandHome replaces ~ by the home folder in all paths of the command line.
// Shells do so only at the start of a word, not in -data=~/images.
func (p *program) expandHome(operands []string) (err error) {
	paths := []*string{&p.data, &p.resume, &p.session.Runs, &p.session.Init, &p.export.File}
	for i := range operands {
		paths = append(paths, &operands[i])
	}
	for i := range p.configs {
		paths = append(paths, &p.configs[i])
	}
	for _, path := range paths {
		if *path, err = configs.ExpandHome(*path); err != nil {
			return usagef("%s: %v", *path, err)
		}
	}
	return nil
}

// check returns an error if a command gets operands or flags that it does not
// take.
func check(flags *flag.FlagSet, name string, operands []string) error {
	command, known := subcommands[name]
	switch {
	case !known:
		hint := ""
		if _, err := configs.Load(name, nil, runs.Kinds()); err == nil {
			hint = "; to train that config, put -config before it"
		}
		return usagef("there is no command %q, but %s%s", name, commandNames, hint)
	case command.most == 0 && len(operands) > 0:
		return usagef("%s takes no %q", name, operands[0])
	case command.most == 1 && len(operands) != 1:
		return usagef("%s takes one %s", name, command.operand)
	case command.most == math.MaxInt && len(operands) < command.least:
		return usagef("%s takes a %s", name, command.operand)
	case len(operands) < command.least, len(operands) > command.most:
		return usagef("%s takes %d to %d %s", name, command.least, command.most, command.operand)
	}
	var err error
	flags.Visit(func(f *flag.Flag) {
		switch {
		case !slices.Contains(command.flags, f.Name):
			err = usagef("%s takes no -%s", name, f.Name)
		case f.Name == "split" && len(operands) > 1:
			err = usagef("-split chooses among the run's own images: leave it out, or the pictures")
		case f.Value.String() == "" && slices.Contains([]string{"data", "runs", "init", "resume", "join", "o"}, f.Name):
			err = usagef("-%s is empty: give it a value", f.Name)
		}
	})
	return err
}

// flags declares the flags of all
func (p *program) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("cifartrain", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are told once, by run
	list := func(into *[]string) func(string) error {
		return func(value string) error { *into = append(*into, value); return nil }
	}
	flags.Func("config", "hyperparameter `FILE`, or the name of a shipped one; repeatable", list(&p.configs))
	flags.Func("set", "override one config key: `key=value`, as in -set train.epochs=2; repeatable", list(&p.overrides))
	flags.StringVar(&p.data, "data", "", "the dataset is in the folder `DIR`; overrides data.dir")
	flags.StringVar(&p.session.Runs, "runs", "runs", "put run folders into the folder `DIR`")
	flags.StringVar(&p.session.Init, "init", "", "start from the weights in this safetensors `FILE`")
	flags.StringVar(&p.resume, "resume", "", "go on with the run in the folder `RUN`; -set train.epochs=N makes it longer")
	flags.StringVar(&p.join, "join", "", "for a sweep: work on the one in runs/<sweep>/`NAME` beside any number of other processes, here or on machines that share the folder")
	flags.IntVar(&p.session.Seeds, "seeds", 1, "repeat each run with `N` seeds, counting up from the config's")
	flags.BoolVar(&p.session.TensorBoard, "tensorboard", false, "write event files, for tensorboard --logdir runs")
	flags.BoolVar(&p.dryRun, "dry-run", false, "check config and data, show the model and about how long training would take; train and write nothing")
	flags.StringVar(&p.export.Format, "format", "", "export: the `FORMAT`, onnx, npz, safetensors or html, a page to play with; by default the one that -o ends in, or onnx")
	flags.StringVar(&p.export.Weights, "weights", "best", "export: `WHICH` weights, best or last")
	flags.StringVar(&p.export.Part, "part", "all", "export: the `PART` of an autoencoder as ONNX: all, encoder or decoder")
	flags.StringVar(&p.export.File, "o", "", "export, encode: the `FILE` to write, - for the standard output; by default in the current folder, named after the run. predict: write CSV there")
	flags.StringVar(&p.split, "split", "test", "predict, encode: `WHICH` of the run's own images, test, validation or train")
	flags.IntVar(&p.port, "port", 0, "watch: serve on port `N` of this machine; 0 chooses a free one")
	flags.BoolVar(&p.quiet, "quiet", false, "no progress display")
	flags.BoolVar(&p.version, "version", false, "print the version, what it was built with and what it runs on")
	return flags
}

// help prints how the program is used.
func (p *program) help(flags *flag.FlagSet) error {
	fmt.Fprint(p.stdout, strings.ReplaceAll(`Trains small models on CIFAR-10. Each run leaves a folder runs/NAME/TIME, whose
report.html is the page to read; runs/NAME/latest is the newest.

  go run . -config configs/svm.yaml    train, evaluate, draw
  go run . -config A -config B         train each in turn, then compare them
  go run . -config svm_sweep           try out many settings and compare them
  go run . compare RUN RUN...          compare finished runs
  go run . evaluate RUN                score a run's best weights on the test images again
  go run . -resume RUN                 go on with an interrupted run or sweep
  go run . watch RUN                   a run's report in the browser, as it trains
  go run . predict RUN [FILE|DIR...]   what a run's best weights say of pictures, or of its own images
  go run . encode RUN [FILE|DIR...]    an autoencoder's codes of pictures, or of its own images
  go run . export RUN                  a run's best weights as ONNX, npz or safetensors
  go run . report RUN                  draw a run's pictures and page again
  go run . runs                        all runs with their figures (also runs/index.html)
  go run . list                        the shipped configs
  go run . show NAME                   one of them, with all keys that have an effect

Flags:
`, "go run .", shell.Program()))
	flags.SetOutput(p.stdout)
	flags.PrintDefaults()
	return nil
}

// parse reads flags and operands in any order and returns the operands.
func parse(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, usageError(readable(err.Error()))
		}
		if args = flags.Args(); len(args) > 0 {
			operands, args = append(operands, args[0]), args[1:]
		}
	}
	return operands, nil
}

// readable words an error of package flag for the user.
func readable(problem string) string {
	if name, unknown := strings.CutPrefix(problem, "flag provided but not defined: "); unknown {
		return fmt.Sprintf("there is no flag %s; config keys are set with -set, as in -set train.epochs=2", name)
	}
	return strings.NewReplacer(": parse error", ": it is not a whole number", ": value out of range", ": it is too large").Replace(problem)
}

// train trains the configs that the flags name.
func (p *program) train(ctx context.Context) error {
	var all []configs.Config
	for _, path := range p.configs {
		config, err := p.session.Load(path, p.settings())
		if err != nil {
			return err
		}
		if config.Sweep != nil && len(p.configs) > 1 {
			return usagef("%s is a sweep, which makes its own comparison; train it alone, or remove its sweep with -set sweep=null", path)
		}
		all = append(all, config)
	}
	switch sweep := all[0].Sweep != nil; {
	case !sweep && p.join != "":
		return usagef("-join is for sweeps, and %s sweeps no key", p.configs[0])
	case sweep && p.dryRun:
		return DryRunSweep(ctx, &p.session, all[0], p.join)
	case sweep && p.join != "":
		return p.session.Join(ctx, all[0], p.join)
	case sweep:
		return p.session.Sweep(ctx, all[0])
	case p.dryRun:
		return DryRun(ctx, &p.session, all)
	}
	return p.session.Train(ctx, all)
}

// goOn resumes the run that the flags name.
func (p *program) goOn(ctx context.Context) error {
	for _, path := range p.configs {
		p.session.Repeated = append(p.session.Repeated, "-config", path)
	}
	for _, override := range p.overrides {
		p.session.Repeated = append(p.session.Repeated, "-set", configs.WithoutPasswords(override))
	}
	if p.data != "" {
		p.session.Repeated = append(p.session.Repeated, "-data", p.data)
	}
	if len(p.configs) > 1 {
		return usagef("-resume takes at most one -config, because a run has one")
	}
	return p.session.Resume(ctx, p.resume, strings.Join(p.configs, ""), p.settings())
}

// settings returns the config overrides that the flags ask for.
func (p *program) settings() []string {
	if p.data == "" {
		return p.overrides
	}
	return append(slices.Clone(p.overrides), fmt.Sprintf("data.dir=%q", p.data))
}
