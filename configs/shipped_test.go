package configs

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShipped(t *testing.T) {
	shipped := Shipped()
	names := shippedNames()
	if !slices.IsSorted(names) || !slices.Contains(names, "svm") {
		t.Errorf("shipped = %q, want a sorted list with svm", names)
	}
	for _, s := range shipped {
		c := must(Load(s.Name, nil, testKinds))
		if c.Name != s.Name {
			t.Errorf("%s: its name is %q; the run folder should tell the file", s.Name, c.Name)
		}
		_, text, _ := readShipped(s.Name)
		if want := "# yaml-language-server: $schema=schema.json\n# go run . -config configs/" + s.Name + ".yaml"; !strings.HasPrefix(string(text), want) {
			t.Errorf("%s begins with %q, want %q", s.Name, text[:min(len(text), len(want))], want)
		}
		if s.Summary == "" || strings.HasPrefix(s.Summary, "go run") {
			t.Errorf("%s: the third line is no summary: %q", s.Name, s.Summary)
		}
		checkRoundTrip(t, c)
	}
}

// TestEveryKeyIsDocumented wants the page about the keys to have one line for each,
// with its default, its words and its doc tag.
func TestEveryKeyIsDocumented(t *testing.T) {
	page := must(os.ReadFile("../docs/configs.md"))
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	if diff := cmp.Diff(documented(), block); diff != "" {
		t.Errorf("docs/configs.md (-tags +page):\n%s", diff)
	}
}

// documented is the part of the page that follows from the tags.
func documented() string {
	var page strings.Builder
	r := &reader{kinds: testKinds}
	section := ""
	for _, k := range format {
		if below(k.path, "sweep") || k.path == "data.normalize.std" {
			continue // which the text explains, and which mean stands for
		}
		name, value := k.path, k.tag.Get("default")
		if dot := strings.Index(k.path, "."); dot >= 0 {
			if section != k.path[:dot] {
				section = k.path[:dot]
				fmt.Fprintf(&page, "%s:\n", section)
			}
			name = "  " + k.path[dot+1:]
		}
		switch initial := r.initial(k, "linear_svm"); {
		case k.path == "name":
			value = "svm"
		case k.path == "data.normalize.mean":
			name, value = "  normalize", "null"
		case value == "":
			value = initial.String()
		}
		comment := strings.Trim(strings.Join(r.choices(k), " | ")+"; "+k.tag.Get("doc"), "; ")
		line := name + ": " + value
		if comment != "" {
			line = fmt.Sprintf("%-30s # %s", line, comment)
		}
		fmt.Fprintln(&page, line)
	}
	return page.String()
}
