package configs

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pair = "data: {classes: [frog, horse]}\n" // makes a linear SVM complete

// settings are the swept values of each setting, and its config.
func settings(t *testing.T, text string, overrides ...string) (Config, [][]string) {
	t.Helper()
	config := must(Parse("try.yaml", []byte(text), overrides, testKinds))
	checkRoundTrip(t, config)
	if config.Sweep == nil {
		return config, nil
	}
	var values [][]string
	for _, setting := range config.Sweep.Settings {
		values = append(values, setting.Values)
	}
	return config, values
}

func TestSettings(t *testing.T) {
	const twoKeys = pair + "sweep:\n  optimizer.learning_rate: [1.0e-3, 0.01]\n  loss.c: [1, 10, 100]\n"
	for _, test := range []struct {
		name, text string
		overrides  []string
		want       [][]string
	}{
		{"a grid, the last key fastest", twoKeys, nil, [][]string{{"0.001", "1"}, {"0.001", "10"}, {"0.001", "100"}, {"0.01", "1"}, {"0.01", "10"}, {"0.01", "100"}}},
		{"an override sets a swept key", twoKeys, []string{"loss.c=2"}, [][]string{{"0.001"}, {"0.01"}}},
		{"an override sets a section", twoKeys, []string{"loss={c: 2}"}, [][]string{{"0.001"}, {"0.01"}}},
		{"no sweep", twoKeys, []string{"sweep=null"}, nil},
		{"set, then swept", pair, []string{"loss.c=2", "sweep.loss.c=[5, 6]"}, [][]string{{"5"}, {"6"}}},
		{"a sweep in one override", pair, []string{"sweep={loss.c: [5, 6]}"}, [][]string{{"5"}, {"6"}}},
		{"lists", "model: {kind: autoencoder}\nsweep: {model.hidden: [[64], [128, 64]]}\n", nil, [][]string{{"64"}, {"128-64"}}},
		{"classes", "sweep: {data.classes: [[6, 7], [cat, dog]]}\n", nil, [][]string{{"6-7"}, {"cat-dog"}}},
		{"a key without effect in some settings", pair + "sweep:\n  optimizer.kind: [sgd, adam]\n  optimizer.momentum: [0, 0.9]\n  optimizer.eps: [1.0e-8, 1.0e-6]\n", nil,
			[][]string{{"sgd", "0", ""}, {"sgd", "0.9", ""}, {"adam", "", "1e-08"}, {"adam", "", "1e-06"}}},
		{"a sweep of kinds", "data: {classes: [frog, horse]}\nsweep: {model.kind: [linear_svm, autoencoder], model.latent: [8, 16]}\n", nil, [][]string{{"linear_svm", ""}, {"autoencoder", "8"}, {"autoencoder", "16"}}},
		{"the first values together, and each other value alone", "sweep: {method: one_at_a_time, optimizer.learning_rate: [1, 2, 3], loss.c: [4, 5], data.batch_size: [6, 7]}", nil,
			[][]string{{"1", "4", "6"}, {"1", "4", "7"}, {"1", "5", "6"}, {"2", "4", "6"}, {"3", "4", "6"}}},
	} {
		_, got := settings(t, test.text, test.overrides...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestSettingsAreConfigs wants each setting to be what a file with those values
// in their places would give.
func TestSettingsAreConfigs(t *testing.T) {
	config, values := settings(t, pair+"name: try\nsweep: {data.normalize.mean: [[0, 0, 0], [1, 1, 1]], optimizer.momentum: [0, 0.9]}\n", "data.normalize.std=[1, 1, 1]")
	if len(values) != 4 {
		t.Fatalf("%d settings, want 4", len(values))
	}
	for i, setting := range config.Sweep.Settings {
		mean, momentum := []string{"[0, 0, 0]", "[1, 1, 1]"}[i/2], []string{"0", "0.9"}[i%2]
		want := must(Parse("try.yaml", []byte(pair), []string{"data.normalize={mean: " + mean + ", std: [1, 1, 1]}", "optimizer.momentum=" + momentum}, testKinds))
		if diff := cmp.Diff(want, setting.Config); diff != "" {
			t.Errorf("setting %d (-want +got):\n%s", i, diff)
		}
	}
}

// TestRandomSettings wants the seed to draw some of the grid, each once.
func TestRandomSettings(t *testing.T) {
	const text = pair + "sweep:\n  loss.c: [1, 2, 3, 4, 5]\n  optimizer.momentum: [0, 0.5, 0.9]\n"
	_, grid := settings(t, text)
	draw := func(seed, budget int) [][]string {
		_, drawn := settings(t, text, "sweep.method=random", fmt.Sprintf("sweep.budget=%d", budget), fmt.Sprintf("seed=%d", seed))
		return drawn
	}
	first := draw(1, 7)
	seen := make(map[string]bool)
	for _, values := range first {
		if !slices.ContainsFunc(grid, func(of []string) bool { return slices.Equal(of, values) }) {
			t.Errorf("%v is not of the grid", values)
		}
		seen[fmt.Sprint(values)] = true
	}
	if len(first) != 7 || len(seen) != 7 || !cmp.Equal(first, draw(1, 7)) || cmp.Equal(first, draw(2, 7)) {
		t.Errorf("the seed does not draw seven different settings: %v", first)
	}
	all := draw(1, 15)
	if cmp.Equal(all, grid) {
		t.Error("what is drawn is in the grid's order, so that an interrupted sweep knows one corner")
	}
	if slices.SortFunc(all, slices.Compare); !cmp.Equal(all, grid) { // the grid ascends
		t.Errorf("a budget for all draws %v", all)
	}
}

func TestSweepProblems(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"sweep:", ""},
		{"sweep: {}", ":2: sweep: names no key to sweep, as in optimizer.learning_rate: [0.01, 0.1]"},
		{"sweep: {name: [a, b]}", ":2: sweep.name: cannot be swept: it names the sweep's folder"},
		{"sweep: {seed: [1, 2]}", ":2: sweep.seed: cannot be swept: -seeds N repeats every setting over N seeds"},
		{"sweep: {optimizer: [1]}", ":2: sweep.optimizer: unknown key; the keys here are method, budget, epochs, factor, and dotted keys of the other sections, as optimizer.learning_rate"},
		{"sweep: {optimizer.learning_rat: [1]}", ":2: sweep.optimizer.learning_rat: unknown key; did you mean optimizer.learning_rate?"},
		{"sweep: {metod: grid}", ":2: sweep.metod: unknown key; did you mean method?"},
		{"sweep: {loss.c: 1}", ":2: sweep.loss.c: 1 is neither a list of the values to try nor a range to draw them from, as in {min: 1.0e-4, max: 1.0, scale: log}"},
		{"sweep:\n  loss.c: [1]\n  loss.c: [2]", ":4: sweep.loss.c: is given twice; the first is in line 3"},
		{"sweep:\n  loss.c:\n  - 1\n  - 1.0", ":5: sweep.loss.c[1]: 1 is given twice"},
		{"sweep:\n  loss.c:\n  - 1\n  - high", ":5: sweep.loss.c[1]: \"high\" is not a number above 0"},
		{"sweep:\n  optimizer.kind:\n  - sgd\n  - adam\noptimizer: {momentum: 0.9}", ""}, // it has an effect with one of them
		{"sweep:\n  optimizer.kind: [adamw, adam]\noptimizer: {momentum: 0.9}", ":4: optimizer.momentum: has no effect with optimizer.kind adamw; leave it out or set optimizer.kind to sgd"},
		{"sweep: {model.latent: [8, 16]}", ":2: sweep.model.latent: has no effect with model.kind linear_svm; leave it out or set model.kind to autoencoder or tied_autoencoder"},
		{"sweep:\n  data.classes:\n  - [frog, horse]\n  - [frog, hors]", ":5: sweep.data.classes[1][1]: \"hors\" is not a class; did you mean horse?"},
		{"sweep: {loss.c: [1, 2], budget: 1}", ":2: sweep.budget: has no effect with sweep.method grid; leave it out or set sweep.method to random or halving"},
		{"sweep: {loss.c: [1, 2], method: random}", ": sweep.budget: 0 is not between 1 and 2: how many settings to draw"},
		{"sweep: {loss.c: [1, 2], method: random, budget: 3}", ":2: sweep.budget: 3 is not between 1 and 2: how many settings to draw"},
		{"sweep: {train.epochs: " + numbers(40) + ", model.latent: " + numbers(40) + "}", ":2: sweep: makes 1600 runs, more than 1000; list fewer values, or let method: random with a budget draw some"},
	} {
		wantMessage(t, pair+test.text+"\n", "", test.want)
	}
}

// numbers is a list of the first n whole numbers.
func numbers(n int) string {
	list := "[1"
	for i := 2; i <= n; i++ {
		list += fmt.Sprintf(", %d", i)
	}
	return list + "]"
}
