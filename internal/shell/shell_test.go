package shell

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestQuoteInAShell has a shell take the line apart again.
func TestQuoteInAShell(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no sh")
	}
	args := []string{"plain", "runs/svm/latest", "two words", "it's", `"double"`, "$HOME", "a;b", "*", "", "ä", "~", "line\nbreak", `back\slash`, "sweep.optimizer.learning_rate=[1e-3, 1]"}
	out, err := exec.Command("sh", "-c", `printf '%s\0' `+Quote(args...)).Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if diff := cmp.Diff(args, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
}

func TestQuote(t *testing.T) {
	for _, test := range []struct {
		arg     string
		windows bool
		want    string
	}{
		{"runs/svm/20260101T000000Z", false, "runs/svm/20260101T000000Z"},
		{"my runs/svm", false, "'my runs/svm'"},
		{`C:\runs\svm`, true, `C:\runs\svm`},
		{`C:\my runs\svm`, true, `"C:\my runs\svm"`},
		{"", true, `""`},
	} {
		if got := quote(test.arg, test.windows); got != test.want {
			t.Errorf("quote(%q, %t) is %s, want %s", test.arg, test.windows, got, test.want)
		}
	}
}

// TestCommand pretends to be a program that go built for one call, as a test is,
// and one that somebody built.
func TestCommand(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it quotes in another way")
	}
	if got, want := Command("-resume", "my runs"), "go run . -resume 'my runs'"; got != want {
		t.Errorf("Command is %s, want %s", got, want)
	}
	defer func(args []string) { os.Args = args }(os.Args)
	os.Args = []string{"/mnt/cache/0f/" + strings.Repeat("0f", 32) + "-d/cifartrain"}
	if got, want := Command("-version"), "go run . -version"; got != want {
		t.Errorf("of go's cache, Command is %s, want %s", got, want)
	}
	os.Args = []string{"/opt/my tools/cifartrain"}
	if got, want := Command("-version"), "'/opt/my tools/cifartrain' -version"; got != want {
		t.Errorf("Command is %s, want %s", got, want)
	}
}
