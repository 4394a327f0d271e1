package configs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	load := func(overrides ...string) Config {
		t.Helper()
		config, err := Load("svm", overrides, testKinds)
		if err != nil {
			t.Fatal(err)
		}
		return config
	}
	for _, test := range []struct {
		overrides, want []string
	}{
		{nil, nil},
		{[]string{"train.epochs=50"}, nil}, // its value in the file
		{[]string{"train.epochs=3", "seed=9"}, []string{"seed", "train.epochs"}},
		{[]string{"data.classes=[cat, dog]", "name=other"}, []string{"name", "data.classes"}},
		{[]string{"data.normalize={mean: [0, 0, 0], std: [1, 1, 1]}"}, []string{"data.normalize.mean", "data.normalize.std"}},
	} {
		if diff := cmp.Diff(test.want, Differences(load(), load(test.overrides...))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.overrides, diff)
		}
	}
	normalized := "data.normalize={mean: [0, 0, 0], std: [1, 1, 1]}"
	if got := Differences(load(normalized), load(normalized)); got != nil {
		t.Errorf("equal configurations differ in %v", got)
	}
}
