package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	_ "cifartrain/internal/addressspace" // which ends the program, as it starts, under too low a ulimit -v
	"cifartrain/internal/runs"
)

// The program's exit statuses.
const (
	exitDone        = 0
	exitFailed      = 1   // while running
	exitUsage       = 2   // the command line, the config or a weights file is wrong
	exitInterrupted = 130 // by Ctrl-C or SIGTERM
)

// Main runs the program with the arguments of its command line and ends it.
func Main() {
	ctx := interruptible(os.Stderr)
	signal.Ignore(syscall.SIGPIPE) // training goes on after the reader of its output has quit
	// Most of the heap is the dataset, which never changes. Letting the heap
	// double before each collection would waste as much memory again.
	debug.SetGCPercent(25)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// interruptible returns a context that ends with the first Ctrl-C, SIGTERM or
// SIGHUP. The program then saves its state; if that takes a moment, stderr says
// so, and from then on a second signal ends the program at once. A second
// signal that comes earlier is ignored: timeout(1) and process groups deliver
// the first one twice.
func interruptible(stderr io.Writer) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup makes the program ignore it
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		<-signals
		cancel()
		time.Sleep(answerAfter)
		fmt.Fprintln(stderr, "\nstopping as soon as everything is saved; Ctrl-C ends the program at once")
		time.Sleep(answerAfter)
		select { // discards a signal sent before anyone could read the message
		case <-signals:
		default:
		}
		<-signals
		fmt.Fprintln(stderr, "ended at once; go on from the last checkpoint with -resume")
		os.Exit(exitInterrupted)
	}()
	return ctx
}

// answerAfter is how long the program waits for its own end before it prints
// that it is stopping, and how long it then gives a person to read that.
const answerAfter = 500 * time.Millisecond

// run runs the program with arguments and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &output{Writer: stdout}
	p := &program{stdout: out, stderr: &output{Writer: stderr}}
	err := p.command(ctx, args)
	if err == nil && out.err != nil {
		err = fmt.Errorf("writing to the standard output: %w", out.err)
	}
	if err == nil || errors.Is(out.err, syscall.EPIPE) && errors.Is(err, syscall.EPIPE) {
		return exitDone // a reader that has quit, as head does, has what it wanted
	}
	fmt.Fprintln(p.stderr, message(err))
	return status(err)
}

// An output is a terminal, or a file in its place. It shows what would steer a
// terminal, such as an escape sequence in a file's name, as Go writes it in a
// string, and remembers the first error.
type output struct {
	io.Writer
	rest []byte // the first bytes of a character, whose others come with the next call
	err  error
}

func (o *output) Write(p []byte) (int, error) {
	text := append(o.rest, p...)
	shown := make([]byte, 0, len(text))
	for len(text) > 0 && utf8.FullRune(text) {
		r, size := utf8.DecodeRune(text)
		if unicode.IsPrint(r) && size > 0 && !(r == utf8.RuneError && size == 1) || strings.ContainsRune("\n\r\t", r) {
			shown = append(shown, text[:size]...)
		} else {
			shown = append(shown, strings.Trim(strconv.Quote(string(text[:size])), `"`)...)
		}
		text = text[size:]
	}
	o.rest = slices.Clone(text)
	_, err := o.raw().Write(shown)
	return len(p), err
}

// raw writes to the output what another program reads, as it is.
func (o *output) raw() io.Writer { return rawOutput{o} }

type rawOutput struct{ *output }

func (o rawOutput) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if o.err == nil {
		o.output.err = err
	}
	return n, err
}

// Fd returns the descriptor of the file behind the output, or an invalid one,
// so that texts can use the width of the terminal.
func (o *output) Fd() uintptr {
	if file, isFile := o.Writer.(*os.File); isFile {
		return file.Fd()
	}
	return ^uintptr(0)
}

// A wrongRequest is an error that only a different request can avoid. Each
// package marks its own.
type wrongRequest interface {
	error
	WrongRequest()
}

// status returns the exit status for an error.
func status(err error) int {
	var wrong wrongRequest
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &wrong):
		return exitUsage
	default:
		return exitFailed
	}
}

// message returns what a person reads about an error.
func message(err error) string {
	switch {
	case errors.As(err, new(runs.Interruption)):
		return err.Error() // it says what was done and how to go on
	case errors.Is(err, context.Canceled):
		return "interrupted before anything was trained or written"
	default:
		return "error: " + err.Error()
	}
}
