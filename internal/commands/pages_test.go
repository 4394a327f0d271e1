package commands

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain is the program itself, or interrupt, where it is called by that name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cifartrain": Main, "interrupt": interrupt})
}

// TestPages runs the pages of testdata, which are what the program promises its
// users, one promise a page. Beside testscript's own commands they use
//
//	exits STATUS PROGRAM [ARGUMENT...]           run a program, which must end with that status
//	interrupt FILE LINES PROGRAM [ARGUMENT...]   a program: see interrupt
//	pictures FOLDER...                           draw 30 small pictures into each folder
//	count N PATTERN                              so many files match the pattern
func TestPages(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "pictures": drawPictures, "count": count},
		Setup: func(env *testscript.Env) error {
			env.Setenv("CIFAR10_DIR", os.Getenv("CIFAR10_DIR"))
			env.Setenv("LATIN1", "caf\xe9")
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "cifar10" {
				return os.Getenv("CIFAR10_DIR") != "", nil
			}
			return false, fmt.Errorf("there is no condition %q", name)
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	status, exit := 0, (*exec.ExitError)(nil)
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
	if stderr := ts.ReadFile("stderr"); strings.Contains(stderr, "goroutine ") {
		ts.Fatalf("a panic reached the user")
	}
}

func count(ts *testscript.TestScript, _ bool, args []string) {
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if strconv.Itoa(len(found)) != args[0] {
		ts.Fatalf("%d files match, want %s: %q", len(found), args[0], found)
	}
}

func drawPictures(ts *testscript.TestScript, _ bool, args []string) {
	for place, folder := range args {
		ts.Check(os.MkdirAll(ts.MkAbs(folder), 0o755))
		random := rand.New(rand.NewPCG(uint64(place), 1))
		for i := range 30 {
			picture := image.NewRGBA(image.Rect(0, 0, 8, 8))
			for p := range 64 {
				picture.SetRGBA(p%8, p/8, color.RGBA{uint8(50*place + random.IntN(100)), uint8(random.IntN(200)), uint8(random.IntN(100)), 255})
			}
			file, err := os.Create(filepath.Join(ts.MkAbs(folder), fmt.Sprintf("%02d.png", i)))
			ts.Check(err)
			ts.Check(errors.Join(png.Encode(file, picture), file.Close()))
		}
	}
}

// interrupt runs a program and sends it the signal of Ctrl-C as soon as a file
// has so many lines. It ends as the program ends.
func interrupt() {
	lines, err := strconv.Atoi(os.Args[2])
	program := exec.Command(os.Args[3], os.Args[4:]...)
	program.Stdout, program.Stderr = os.Stdout, os.Stderr
	if err := errors.Join(err, program.Start()); err != nil {
		log.Fatal(err)
	}
	go func() {
		for content := []byte(nil); strings.Count(string(content), "\n") < lines; time.Sleep(5 * time.Millisecond) {
			content, _ = os.ReadFile(os.Args[1]) // there is none before the run
		}
		program.Process.Signal(syscall.SIGINT)
	}()
	if err, exit := program.Wait(), (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		log.Fatal(err)
	}
	os.Exit(program.ProcessState.ExitCode())
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
