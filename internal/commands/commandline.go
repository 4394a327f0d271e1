package commands

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
	"cifartrain/internal/series"
	"cifartrain/internal/shell"
)

// usagef returns an error for a command line that makes no sense.
func usagef(format string, args ...any) error { return runs.Requestf(format+"; see -help", args...) }

// A program is one call of the command: its flags and where it writes.
type program struct {
	stdout *output
	stderr io.Writer

	session            runs.Session
	configs, overrides []string
	data, resume, join string
	split              string // which of a run's own images
	format             string // onnx, npz, safetensors or html; if empty, what the file's ending says, or onnx
	weights            string // best or last
	width              string // of vector files
	file               string // the file to write; empty for the command's own choice
	quiet, dryRun      bool
	findRate           bool
	version            bool
	port, seeds        int
}

// standardOutput is the file name that stands for the standard output.
const standardOutput = "-"

// command parses the arguments and carries them out.
func (p *program) command(ctx context.Context, args []string) error {
	flags := p.flags()
	operands, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) || err == nil && slices.Equal(operands, []string{"help"}) {
		return p.help(flags)
	}
	if err != nil {
		return err
	}
	if p.version {
		printVersion(p.stdout)
		return nil
	}
	name := "-config"
	if p.resume != "" {
		name = "-resume"
	} else if len(operands) > 0 {
		name, operands = operands[0], operands[1:]
	}
	command, err := find(name)
	if err != nil {
		return err
	}
	if err := command.check(flags, operands); err != nil {
		return err
	}
	p.session.Out, p.session.Err = p.stdout, p.stderr
	if p.session.TensorBoard {
		p.session.Repeated = append(p.session.Repeated, "-tensorboard")
	}
	p.session.Display = reports.NewDisplay(p.stdout, p.quiet)
	if slices.Contains([]string{"predict", "encode", "export"}, name) { // what they write to the standard output is for other programs
		p.session.Display = reports.NewDisplay(p.stderr, p.quiet)
	}
	return command.run(p, ctx, operands)
}

// check returns an error if a command gets operands or flags that it does not
// take.
func (c command) check(flags *flag.FlagSet, operands []string) error {
	if !c.takes(len(operands)) {
		if c.takes(0) {
			return usagef("%s takes no %q", c.name(), operands[0])
		}
		return usagef("%s is used as: %s", c.name(), shell.Program()+" "+c.usage)
	}
	var err error
	flags.Visit(func(f *flag.Flag) {
		switch {
		case f.Value.String() == "" && slices.Contains([]string{"data", "runs", "init", "resume", "join", "o"}, f.Name):
			err = usagef("-%s is empty: give it a value", f.Name)
		case !utf8.ValidString(f.Value.String()):
			err = runs.Requestf("-%s %q is not UTF-8, and neither configs nor pages can hold it: rename the file or folder", f.Name, f.Value)
		case !slices.Contains(strings.Fields(c.flags), f.Name):
			err = usagef("%s takes no -%s", c.name(), f.Name)
		case f.Name == "split" && len(operands) > 1:
			err = usagef("-split chooses among the run's own images: leave it out, or the pictures")
		}
	})
	return err
}

// flags declares the flags of all commands.
func (p *program) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("cifartrain", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are told once, by run
	list := func(into *[]string) func(string) error {
		return func(value string) error {
			if *into = append(*into, value); !utf8.ValidString(value) {
				return errors.New("it is not UTF-8")
			}
			return nil
		}
	}
	flags.Func("config", "hyperparameter `FILE`, or the name of a shipped one; repeatable", list(&p.configs))
	flags.Func("set", "override one config key: `key=value`, as in -set train.epochs=2; repeatable", list(&p.overrides))
	flags.StringVar(&p.data, "data", "", "the dataset is in the folder `DIR`; overrides data.dir")
	flags.StringVar(&p.session.Runs, "runs", "runs", "put run folders into the folder `DIR`")
	flags.StringVar(&p.session.Init, "init", "", "start from the weights in this safetensors or torch `FILE`")
	flags.StringVar(&p.resume, "resume", "", "go on with the run in the folder `RUN`; -set train.epochs=N makes it longer")
	flags.StringVar(&p.join, "join", "", "for a sweep: work on the one in runs/<sweep>/`NAME` beside any number of other processes, here or on machines that share the folder")
	flags.IntVar(&p.seeds, "seeds", 1, "repeat each run with `N` seeds, counting up from the config's")
	flags.BoolVar(&p.session.TensorBoard, "tensorboard", false, "write event files, for tensorboard --logdir runs")
	flags.BoolVar(&p.dryRun, "dry-run", false, "check config and data, show the model and about how long training would take; train and write nothing")
	flags.BoolVar(&p.findRate, "find-rate", false, "instead of training, raise the learning rate step by step and show between which rates a good one lies; writes a picture only")
	flags.StringVar(&p.format, "format", "", "export: the `FORMAT`, onnx, npz, safetensors or html, a page to play with; by default the one that -o ends in, or onnx. report: also write the charts as svg or pdf")
	flags.StringVar(&p.width, "width", "column", "report: the `WIDTH` of svg and pdf files, column (8.6 cm), page (17.8 cm) or a number of centimeters")
	flags.StringVar(&p.weights, "weights", "best", "export: `WHICH` weights, best or last")
	flags.StringVar(&p.file, "o", "", "export, encode: the `FILE` to write, - for the standard output; by default in the current folder, named after the run. predict: write CSV there")
	flags.StringVar(&p.split, "split", "test", "predict, encode: `WHICH` of the run's own images, test, validation or train")
	flags.IntVar(&p.port, "port", 0, "watch: serve on port `N` of this machine; 0 chooses a free one")
	flags.BoolVar(&p.quiet, "quiet", false, "no progress display")
	flags.BoolVar(&p.version, "version", false, "print the version, what it was built with and what it runs on")
	return flags
}

// help prints how the program is used.
func (p *program) help(flags *flag.FlagSet) error {
	fmt.Fprintf(p.stdout, `Trains small models on CIFAR-10. Each run leaves a folder runs/NAME/TIME, whose
report.html is the page to read; runs/NAME/latest is the newest.

  %s
Flags:
`, strings.ReplaceAll(manual(shell.Program()), "\n", "\n  "))
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
			return nil, usagef("%s", readable(err.Error()))
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
func (p *program) train(ctx context.Context, _ []string) error {
	if len(p.configs) == 0 {
		return usagef("nothing to do: name a config with -config, or one of the commands %s", commandNames())
	}
	var all []configs.Config
	for _, path := range p.configs {
		config, err := runs.Load(path, p.settings())
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
	case p.findRate:
		return p.findRates(ctx, all)
	case sweep && p.dryRun:
		return p.dryRunSweep(ctx, all[0])
	case p.dryRun:
		return p.dryRunAll(ctx, all)
	}
	return series.Train(ctx, &p.session, all, p.seeds, p.join)
}

// resumeRun resumes the run that the flags name.
func (p *program) resumeRun(ctx context.Context, _ []string) error {
	for _, path := range p.configs {
		p.session.Repeated = append(p.session.Repeated, "-config", path)
	}
	for _, override := range p.overrides {
		p.session.Repeated = append(p.session.Repeated, "-set", override)
	}
	if p.data != "" {
		p.session.Repeated = append(p.session.Repeated, "-data", p.data)
	}
	if len(p.configs) > 1 {
		return usagef("-resume takes at most one -config, because a run has one")
	}
	return series.Resume(ctx, &p.session, p.resume, strings.Join(p.configs, ""), p.settings())
}

// settings returns the config overrides that the flags ask for.
func (p *program) settings() []string {
	if p.data == "" {
		return p.overrides
	}
	return append(slices.Clone(p.overrides), fmt.Sprintf("data.dir=%q", p.data))
}
