package commands

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link is a Markdown link or picture: its target is the group.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestDocumentationLinks follows every link of the README and of docs to a file
// in the checkout.
func TestDocumentationLinks(t *testing.T) {
	pages := must(filepath.Glob("../../docs/*.md"))
	for _, page := range append(pages, "../../README.md") {
		text := must(os.ReadFile(page))
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			target, _, _ := strings.Cut(match[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), target)); err != nil {
				t.Errorf("%s links to %s: %v", page, match[1], err)
			}
		}
	}
}

// TestNewModel wants the code and the config of docs/a-new-model.md in the test that
// trains that model.
func TestNewModel(t *testing.T) {
	page, err := os.ReadFile("../../docs/a-new-model.md")
	if err != nil {
		t.Fatal(err)
	}
	test, err := os.ReadFile("fourth_kind_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```(?:go|yaml)\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(string(test), block[1]) {
			t.Errorf("fourth_kind_test.go does not hold:\n%s", block[1])
		}
	}
}

// TestManual holds the package comment of the program against the table of
// commands.
func TestManual(t *testing.T) {
	source := must(os.ReadFile("../../main.go"))
	want := "//\t" + strings.ReplaceAll(strings.TrimSpace(manual("go run .")), "\n", "\n//\t") + "\n"
	if !strings.Contains(string(source), want) {
		t.Errorf("the comment of main.go does not hold:\n%s", want)
	}
}
