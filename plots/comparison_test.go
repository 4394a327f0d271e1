package plots

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"cifartrain/metrics"
)

// runsOf returns a run with each of the given histories' lengths.
func runsOf(name string, epochs ...int) []Contender {
	var runs []Contender
	for i, n := range epochs {
		runs = append(runs, Contender{fmt.Sprint(name, i), metrics.Histories{historyOf(noise(n)...)}, 0.5})
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
		gray := uint8(channel >> 8)
		linear[i] = luminance(color.Gray{Y: gray}) // of a gray: its channels' own
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

// TestPanelsShareTheirAxes checks that both panels show the same range on
// areas of one size, and that the legend covers neither.
func TestPanelsShareTheirAxes(t *testing.T) {
	const canvasWidth = pictureWidth - 2*margin
	for _, runs := range [][]Contender{
		runsOf("svm", 1), runsOf("svm", 3, 70), runsOf(longCaption.Run, 9, 8, 7, 6, 5, 4, 3, 2, 1),
	} {
		c, err := LossComparison(shortCaption, "mse", runs)
		if err != nil {
			t.Fatal(err)
		}
		plots, err := c.plots()
		if err != nil {
			t.Fatal(err)
		}
		training, validation := plots[0], plots[1]
		if training.Y.Min != validation.Y.Min || training.Y.Max != validation.Y.Max ||
			training.X.Min != validation.X.Min || training.X.Max != validation.X.Max {
			t.Errorf("%d runs: the panels' axes differ", len(runs))
		}
		legend, err := c.legend(canvasWidth)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(legend.entries), len(runs)+2; got != want {
			t.Errorf("%d runs: %d entries in the legend, want %d", len(runs), got, want)
		}
		canvas := draw.NewCanvas(new(recorder.Canvas), canvasWidth, 900)
		rest := legend.draw(canvas)
		if got, want := canvas.Max.Y-rest.Max.Y, legend.height(canvasWidth); math.Abs(float64(got-want)) > 1e-9 {
			t.Errorf("%d runs: the legend takes %v, its height is %v", len(runs), got, want)
		}
		legend.place(canvasWidth, func(_ *plot.Legend, left, _, entryWidth vg.Length) {
			if left+entryWidth > canvasWidth+1e-6 {
				t.Errorf("%d runs: a legend entry ends at %v, the canvas at %v", len(runs), left+entryWidth, canvasWidth)
			}
		})
	}
}

func TestComparisonNamesEachRunsBest(t *testing.T) {
	blown := historyOf(math.NaN(), math.Inf(1))
	short := historyOf(3, 2, 4)
	short[0].Number, short[1].Number, short[2].Number = 5, 6, 7
	c, err := LossComparison(shortCaption, "mse", []Contender{
		{"short", metrics.Histories{short}, 0}, {"long", metrics.Histories{historyOf(noise(40)...)}, 0}, {"blown", metrics.Histories{blown}, 0}})
	if err != nil {
		t.Fatal(err)
	}
	if c.first != 1 || c.last != 40 {
		t.Errorf("epochs from %d to %d, want 1 to 40", c.first, c.last)
	}
	if got, want := c.series[0].note, ": best 2.200 (epoch 6)"; got != want {
		t.Errorf("label reads %q, want %q", got, want)
	}
	if got, want := c.series[2].note, ": no finite validation loss"; got != want {
		t.Errorf("label reads %q, want %q", got, want)
	}
	if got, want := c.heading.notes[0], "2 epochs have a loss that is not a finite number and leave gaps."; got != want {
		t.Errorf("note reads %q, want %q", got, want)
	}
}

func TestSharedYardsticks(t *testing.T) {
	run := func(name string, yardstick float64) Contender {
		return Contender{name, metrics.Histories{historyOf(1)}, yardstick}
	}
	for _, test := range []struct {
		name string
		runs []Contender
		want []level
	}{
		{"none", []Contender{run("a", 0), run("b", 0)}, nil},
		{"all have it", []Contender{run("a", 2), run("b", 2)}, []level{{Yardstick{"PCA", 2}, noteLook}}},
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

func TestComparisonHoldsItsYardsticks(t *testing.T) {
	runs := runsOf("svm", 40, 40)
	runs[0].Yardstick, runs[1].Yardstick = 1e-4, 1e6
	c, err := LossComparison(shortCaption, "mse", runs)
	if err != nil {
		t.Fatal(err)
	}
	if c.scale.low > 1e-4 || c.scale.high < 1e6 || !strings.HasSuffix(c.yLabel, "log scale") {
		t.Errorf("axis from %g to %g, labeled %q, does not hold the yardsticks", c.scale.low, c.scale.high, c.yLabel)
	}
}

// TestTheStartIsCut wants the first epochs to lie above the axis if they would squash
// all others, and wants a note that says so.
func TestTheStartIsCut(t *testing.T) {
	falling := func(start, end float64) []Contender {
		var history metrics.History
		for epoch := range 50 {
			loss := end + (start-end)*math.Exp(-float64(epoch))
			history = append(history, metrics.Epoch{Number: epoch + 1, TrainLoss: loss, ValidationLoss: loss - 0.01*float64(epoch)/50})
		}
		return []Contender{{Name: "a", Histories: metrics.Histories{history}}}
	}
	for _, test := range []struct {
		name       string
		start, end float64
		cut        bool
	}{
		{"far above", 0.5, 0.1, true}, {"not far above", 0.11, 0.1, false}, {"so far that the axis is logarithmic", 50, 0.1, true},
	} {
		c, err := LossComparison(shortCaption, "mse", falling(test.start, test.end))
		if err != nil {
			t.Fatal(err)
		}
		if cut := c.scale.high < test.start; cut != test.cut || cut != (len(c.heading.notes) == 1) {
			t.Errorf("%s: the axis ends at %g, notes %q", test.name, c.scale.high, c.heading.notes)
		}
	}
}
