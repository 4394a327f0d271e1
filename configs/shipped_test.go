package configs

import (
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
		c, err := Load(s.Name, nil, testKinds)
		if err != nil {
			t.Error(err)
			continue
		}
		if c.Name != s.Name {
			t.Errorf("%s: its name is %q; the run folder should tell the file", s.Name, c.Name)
		}
		first, _, _ := strings.Cut(string(s.Source), "\n")
		if want := "go run . -config configs/" + s.Name + ".yaml"; !strings.HasPrefix(first, "#") || !strings.Contains(first, want) {
			t.Errorf("%s: the first line is %q, want a comment with %q", s.Name, first, want)
		}
		if s.Summary == "" {
			t.Errorf("%s: the second line is no summary", s.Name)
		}
		checkRoundTrip(t, c)
	}
}

func TestShippedSVM(t *testing.T) {
	got, err := Load("svm", nil, testKinds)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(svm(), got); diff != "" {
		t.Errorf("svm (-want +got):\n%s", diff)
	}
}

// TestEveryKeyIsDocumented holds the page about the keys against the format: it
// names each, with its default.
func TestEveryKeyIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/configs.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	r := newReader("docs/configs.md", testKinds)
	r.document(r.parse([]byte(block)))
	for _, k := range format {
		g, named := r.given[k.path]
		if !named && !strings.HasPrefix(k.path, "data.normalize.") {
			t.Errorf("the page does not name %s", k.path)
		}
		if !named || !k.initial.IsValid() || k.path == "data.classes" { // of which the page names two
			continue
		}
		if diff := cmp.Diff(k.initial.Interface(), r.value(k, g).Interface()); diff != "" {
			t.Errorf("%s (-default +page):\n%s", k.path, diff)
		}
	}
	if err := r.err(); err != nil {
		t.Error(err)
	}
}
