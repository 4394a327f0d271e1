package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
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
	p := &program{stdout: out, stderr: stderr}
	err := p.command(ctx, args)
	if err == nil && out.err != nil && !errors.Is(out.err, syscall.EPIPE) {
		err = fmt.Errorf("writing to the standard output: %w", out.err)
	}
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(stderr, message(err))
	return status(err)
}

// An output remembers the first error of writing to it.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if o.err == nil {
		o.err = err
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
	var interruption interface {
		error
		WasInterrupted()
	}
	switch {
	case errors.As(err, &interruption):
		return err.Error() // it says what was done and how to go on
	case errors.Is(err, context.Canceled):
		return "interrupted before anything was trained or written"
	default:
		return "error: " + err.Error()
	}
}
