package plots

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/plot/plotter"

	"cifartrain/metrics"
)

// runsOf returns a run with each of the given histories' lengths.
func runsOf(name string, epochs ...int) []Contender {
	var runs []Contender
	for i, n := range epochs {
		runs = append(runs, Contender{Name: fmt.Sprint(name, i), Histories: []metrics.History{historyOf(noise(n)...)}, Yardstick: 0.5})
	}
	return runs
}

// colorVision simulates how colors are seen, as matrices on linear RGB, the
// last three by Machado, Oliveira and Fernandes, "A Physiologically-based
// Model for Simulation of Color Vision Deficiency" (2009), severity 1.
var colorVision = map[string][3][3]float64{
	"normal": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia": {
		{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {
		{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia": {
		{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// seen returns the color in CIE L*a*b* (white point D65) as it is seen.
func seen(c color.Color, vision [3][3]float64) (lab [3]float64) {
	toXYZ := [3][3]float64{ // sRGB, IEC 61966-2-1, divided by the white point
		{0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505}, {0.2126, 0.7152, 0.0722},
		{0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089}}
	times := func(m [3][3]float64, v [3]float64) (product [3]float64) {
		for i, row := range m {
			product[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
		}
		return product
	}
	r, g, b, _ := c.RGBA()
	var linear [3]float64
	for i, channel := range []uint32{r, g, b} {
		linear[i] = luminance(color.Gray{Y: uint8(channel >> 8)}) // of a gray: its channels' own
	}
	linear = times(vision, linear)
	for i := range linear {
		linear[i] = min(max(linear[i], 0), 1)
	}
	xyz := times(toXYZ, linear)
	for i, v := range xyz {
		if v > 216./24389 {
			xyz[i] = math.Cbrt(v)
		} else {
			xyz[i] = (24389./27*v + 16) / 116
		}
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

// TestRunColorsStayApart asks for a CIE76 difference of 15 between any two of
// the colors under every kind of color vision, six times a just noticeable
// one, and for a contrast of 2 to 1 with the paper.
func TestRunColorsStayApart(t *testing.T) {
	const apart, contrast = 15, 2
	for i, a := range runColors {
		if got := 1.05 / (luminance(a) + 0.05); got < contrast {
			t.Errorf("color %d has a contrast of %.2f with white, want at least %d", i, got, contrast)
		}
		for j, b := range runColors[:i] {
			for name, vision := range colorVision {
				p, q := seen(a, vision), seen(b, vision)
				if got := math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]); got < apart {
					t.Errorf("%s: colors %d and %d are %.1f apart, want at least %d", name, j, i, got, apart)
				}
			}
		}
	}
}

// TestRunsLookDifferent checks that 32 runs differ in color or dashes, and
// that of the first 8 any two differ in dashes or in lightness.
func TestRunsLookDifferent(t *testing.T) {
	lightness := func(i int) float64 { return seen(lookOf(i).paint(), colorVision["normal"])[0] }
	for i := range 32 {
		for j := range i {
			if !cmp.Equal(lookOf(i).dashes, lookOf(j).dashes) {
				continue
			}
			if lookOf(i).paint() == lookOf(j).paint() {
				t.Errorf("runs %d and %d look the same", j, i)
			}
			if i < len(runColors) && math.Abs(lightness(i)-lightness(j)) < 15 {
				t.Errorf("runs %d and %d look the same in gray", j, i)
			}
		}
	}
}

func TestComparisonNamesEachRunsBest(t *testing.T) {
	blown := historyOf(math.NaN(), math.Inf(1))
	short := historyOf(3, 2, 4)
	short[0].Number, short[1].Number, short[2].Number = 5, 6, 7
	c := must(LossComparison(shortCaption, "mse", []Contender{{Name: "short", Histories: []metrics.History{short}},
		{Name: "long", Histories: []metrics.History{historyOf(noise(40)...)}}, {Name: "blown", Histories: []metrics.History{blown}}}))
	if c.first != 1 || c.last != 40 {
		t.Errorf("epochs from %d to %d, want 1 to 40", c.first, c.last)
	}
	got := []string{c.panels[1].curves[0].note, c.panels[1].curves[2].note, c.heading.notes[0]}
	want := []string{": best 2.200 (epoch 6)", ": no finite validation loss", "Epochs without a finite loss, which leave gaps: 2."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels and note (-want +got):\n%s", diff)
	}
}

func TestSharedYardsticks(t *testing.T) {
	run := func(name string, yardstick float64) Contender {
		return Contender{Name: name, Histories: []metrics.History{historyOf(1)}, Yardstick: yardstick}
	}
	for _, test := range []struct {
		name string
		runs []Contender
		want []level
	}{
		{"none", []Contender{run("a", 0), run("b", 0)}, nil},
		{"all have it", []Contender{run("a", 2), run("b", 2.0001)}, []level{{Yardstick{"PCA", 2}, noteLook}}},
		{"each its own", []Contender{run("a", 2), run("b", 3)},
			[]level{{Yardstick{"PCA for a", 2}, lookOf(0)}, {Yardstick{"PCA for b", 3}, lookOf(1)}}},
		{"some share it", []Contender{run("a", 0), run("b", 3), run("c", 3)},
			[]level{{Yardstick{"PCA for b, c", 3}, lookOf(1)}}},
	} {
		if diff := cmp.Diff(test.want, sharedYardsticks(test.runs), cmp.AllowUnexported(level{}, look{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestMeanCurve(t *testing.T) {
	nan := math.NaN()
	run := func(values ...float64) (points plotter.XYs) {
		for i, value := range values {
			points = append(points, plotter.XY{X: float64(i), Y: value})
		}
		return points
	}
	want := curve{points: run(2, nan, 5), low: run(1, nan, 5), high: run(3, nan, 5), best: -1}
	if diff := cmp.Diff(want, meanCurve([]plotter.XYs{run(1, nan), run(3, 2, 5)}, true), cmp.AllowUnexported(curve{}, look{}), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
