package configs

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	load := func(overrides ...string) Config { return must(Load("svm", overrides, testKinds)) }
	for _, test := range []struct {
		overrides, want []string
	}{
		{nil, nil},
		{[]string{"train.epochs=50"}, nil}, // its value in the file
		{[]string{"train.epochs=3", "seed=9"}, []string{"seed", "train.epochs"}},
		{[]string{"data.classes=[cat, dog]", "name=other"}, []string{"name", "data.classes"}},
		{[]string{"data.normalize={mean: [0, 0, 0], std: [1, 1, 1]}"}, []string{"data.normalize.mean", "data.normalize.std"}},
		{[]string{"sweep={loss.c: [1, 2]}"}, []string{"sweep"}},
	} {
		if diff := cmp.Diff(test.want, Differences(load(), load(test.overrides...))); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.overrides, diff)
		}
	}
	swept := func(overrides ...string) Config {
		return load(append([]string{"sweep={loss.c: [1, 2], optimizer.momentum: [0, 0.9]}"}, overrides...)...)
	}
	if got := Differences(swept("loss.c=3"), swept("sweep.loss.c=[1, 3]", "sweep.method=random", "sweep.budget=2")); !cmp.Equal(got, []string{"sweep.method", "sweep.budget", "sweep"}) {
		t.Errorf("sweeps differ in %v", got)
	}
	normalized := "data.normalize={mean: [0, 0, 0], std: [1, 1, 1]}"
	if got := Differences(load(normalized), load(normalized)); got != nil {
		t.Errorf("equal configurations differ in %v", got)
	}
}
