package configs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
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

// TestEveryKeyIsDocumented holds Config's doc comment, the only description of
// the file format, against the keys there are.
func TestEveryKeyIsDocumented(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var doc string
	for _, declaration := range file.Decls {
		if types, ok := declaration.(*ast.GenDecl); ok && types.Tok == token.TYPE && types.Specs[0].(*ast.TypeSpec).Name.Name == "Config" {
			doc = types.Doc.Text()
		}
	}
	for _, key := range allKeys(reflect.TypeFor[Config](), "") {
		depth := strings.Count(key, ".")
		line := "\n\t" + strings.Repeat("  ", depth) + key[strings.LastIndex(key, ".")+1:] + ":"
		if !strings.Contains(doc, line) {
			t.Errorf("Config's comment does not describe %s", key)
		}
	}
}
