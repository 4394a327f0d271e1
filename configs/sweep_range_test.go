package configs

import (
	"math"
	"testing"
)

// TestRangeDraws draws many values from each range, and wants them to lie between
// its ends and to be as even as its scale says.
func TestRangeDraws(t *testing.T) {
	const draws = 10000
	for _, test := range []struct {
		drawn         Range
		middle        float64 // half of the draws lie below it
		mostDifferent int
	}{
		{Range{1e-4, 1, "log", false}, 1e-2, draws},
		{Range{0.1, 0.9, "linear", false}, 0.5, 8001}, // four digits
		{Range{1, 1000, "linear", true}, 501, 1000},
		{Range{1, 1023, "log", true}, 32, 1023}, // 32² is 1024, where the numbers that stand for 1023 end
		{Range{0, 3, "linear", true}, 2, 4},
	} {
		random, low := Config{Seed: 1}.Random("sweep"), 0
		different := map[float64]bool{}
		for range draws {
			drawn := test.drawn.draw(random)
			number, whole := drawn.(int)
			value := float64(number)
			if !whole {
				value = drawn.(float64)
			}
			if value < test.drawn.Min || value > test.drawn.Max || whole != test.drawn.Whole {
				t.Errorf("%v gives %v", test.drawn, value)
			}
			if value < test.middle {
				low++
			}
			different[value] = true
		}
		if math.Abs(float64(low)-draws/2) > 200 { // 4 standard deviations of so many fair coins
			t.Errorf("%v gives %d of %d values below %v", test.drawn, low, draws, test.middle)
		}
		if len(different) > test.mostDifferent || len(different) < test.mostDifferent/2 {
			t.Errorf("%v gives %d different values", test.drawn, len(different))
		}
	}
}

// TestRangesBesideLists wants values of lists beside those of ranges, with both
// methods that draw.
func TestRangesBesideLists(t *testing.T) {
	const text = pair + "sweep:\n  loss.c: [1, 10]\n  optimizer.learning_rate: {min: 1.0e-4, max: 1.0, scale: log}\n"
	for _, method := range []string{"random", "halving"} {
		config, drawn := settings(t, text, "sweep.method="+method, "sweep.budget=20")
		tens := 0
		for i, values := range drawn {
			if values[0] == "10" {
				tens++
			}
			setting := config.Sweep.Settings[i].Config
			if ValueText(setting.Loss.C) != values[0] || ValueText(setting.Optimizer.LearningRate) != values[1] {
				t.Errorf("the config of %v has %v and %v", values, setting.Loss.C, setting.Optimizer.LearningRate)
			}
		}
		if len(drawn) != 20 || tens == 0 || tens == 20 {
			t.Errorf("loss.c is 10 in %d of %d settings", tens, len(drawn))
		}
	}
}

// TestRangeProblems wants the line, the fault and the remedy.
func TestRangeProblems(t *testing.T) {
	const rates, draw = "sweep:\n  optimizer.learning_rate: {min: 1.0e-4, max: 1.0, scale: log}\n", "\n  method: random\n  budget: 5"
	for _, test := range []struct{ text, want string }{
		{rates + draw, ""},
		{rates, ":3: sweep.optimizer.learning_rate: is a range, and method: grid tries listed values; list some, or set method to random or halving with a budget"},
		{rates + "  method: halving", ": sweep.budget: 0 is not between 1 and 1000: how many settings to draw"},
		{"sweep:\n  data.shift: {min: 0, max: 3}" + draw, ":5: sweep.budget: 5 is not between 1 and 4: how many settings to draw"},
		{"sweep:\n  loss.c: {min: 2, max: 1}" + draw, ":3: sweep.loss.c: has a min of 2, which is not below the max of 1"},
		{"sweep:\n  loss.c:\n    min: 0\n    max: 1" + draw, ":4: sweep.loss.c.min: 0 is not a number above 0"},
		{"sweep:\n  optimizer.weight_decay:\n    min: 0\n    max: 1\n    scale: log" + draw, ":3: sweep.optimizer.weight_decay: has a min of 0, and scale: log needs one above 0; raise it, or use scale: linear"},
		{"sweep:\n  loss.c: {min: 1, max: 2, scale: lin}" + draw, ":3: sweep.loss.c.scale: \"lin\" is not linear or log; did you mean log?"},
		{"sweep:\n  loss.c: {min: 1, max: 2, step: 1}" + draw, ":3: sweep.loss.c.step: a range has min, max and scale, each once, as in {min: 1.0e-4, max: 1.0, scale: log}"},
		{"sweep:\n  loss.c: {min: 1, min: 2}" + draw, ":3: sweep.loss.c.min: a range has min, max and scale, each once, as in {min: 1.0e-4, max: 1.0, scale: log}"},
		{"sweep:\n  loss.c: {min: 1}" + draw, ":3: sweep.loss.c: lacks min or max; a range is written as in {min: 1.0e-4, max: 1.0, scale: log}"},
		{"sweep:\n  data.batch_size: {min: 16, max: 64.5}" + draw, ":3: sweep.data.batch_size.max: 64.5 is not a whole number from 1 to 60000"},
		{"sweep:\n  data.flip: {min: 0, max: 1}" + draw, ":3: sweep.data.flip: takes true or false, and a range is for numbers; list the values to try"},
	} {
		wantMessage(t, pair+test.text+"\n", "", test.want)
	}
}
