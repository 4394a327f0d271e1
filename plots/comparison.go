package plots

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

// ComparedRun is one of the configs of a comparison with the histories of its
// runs: one, or one a seed.
type ComparedRun struct {
	Name      string
	Histories metrics.Histories

	// Yardstick is the validation loss of a PCA with as many components as the
	// model's latent vector has values; 0 for none.
	Yardstick float64
}

// Comparison writes a PNG of several configs' losses against the epoch to w: the
// training losses in the left panel, the validation losses in the right one,
// on the same vertical axis, whose name and scale are chosen as in Loss. In
// the right panel each run's epoch of the lowest validation loss is marked and
// the yardsticks are dashed lines. Of a config with several histories the curve
// is their mean, in a band from the lowest to the highest. The histories may
// differ in length. The first 8 runs have a color each; later ones repeat the
// colors with other dashes. Comparison returns an error if no run is given, if one has no epoch
// or a yardstick that is negative or not finite, if no run has a finite loss,
// if the caption names no dataset, or from w.
func Comparison(w io.Writer, caption Caption, lossName string, runs []ComparedRun) error {
	return writeComparison(w, caption, lossQuantity(lossName), runs)
}

// AccuracyComparison is Comparison for the accuracies of classifiers, whose
// losses may differ in unit. There are no yardsticks.
func AccuracyComparison(w io.Writer, caption Caption, runs []ComparedRun) error {
	return writeComparison(w, caption, accuracyQuantity, runs)
}

func writeComparison(w io.Writer, caption Caption, q quantity, runs []ComparedRun) error {
	comparison, err := newComparison(caption, q, runs)
	if err != nil {
		return fmt.Errorf("plots: comparison: %w", err)
	}
	if err := comparison.write(w); err != nil {
		return fmt.Errorf("plots: comparison: %w", err)
	}
	return nil
}

// comparison is a picture of the curves of several runs in two panels.
type comparison struct {
	quantity    quantity
	heading     heading
	yLabel      string
	scale       scale
	first, last int // epochs
	runs        []comparedCurves
	yardsticks  []sharedYardstick
}

// comparedCurves is what a comparison draws of one run.
type comparedCurves struct {
	name                 string
	seeds                int // runs the curves are the mean of
	training, validation curve
	bands                []band     // of training and validation; none for a single run
	best                 plotter.XY // the lowest validation loss and its epoch
	hasBest              bool
}

// sharedYardstick is a yardstick of one or several runs, in the first one's
// color, or of all.
type sharedYardstick struct {
	Yardstick
	color color.Color
}

func newComparison(caption Caption, q quantity, runs []ComparedRun) (*comparison, error) {
	if err := checkRuns(runs); err != nil {
		return nil, err
	}
	c := &comparison{quantity: q, first: runs[0].Histories[0][0].Number, yardsticks: sharedYardsticks(runs)}
	var values, levels []float64
	gapped := 0
	for i, run := range runs {
		curves := compareRun(q, i, run)
		c.runs = append(c.runs, curves)
		for _, history := range run.Histories {
			c.first = min(c.first, history[0].Number)
			c.last = max(c.last, history.Last().Number)
		}
		values = slices.Concat(values, curves.training.values(), curves.validation.values())
		for _, band := range curves.bands {
			values = slices.Concat(values, band.low.values(), band.high.values())
		}
		gapped += gaps([]curve{curves.training, curves.validation})
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("no run has a finite %s", q.name)
	}
	for _, yardstick := range c.yardsticks {
		levels = append(levels, yardstick.Loss)
	}
	c.scale, c.yLabel = q.axis(values, levels)
	notes := slices.Concat(gapNotes(q.name, gapped), c.scale.notes)
	if slices.ContainsFunc(c.runs, func(run comparedCurves) bool { return run.seeds > 1 }) {
		notes = append(notes, "Lines are means over seeds, bands reach from the lowest to the highest seed.")
	}
	c.heading = heading{strings.ToUpper(q.name[:1]) + q.name[1:] + " per epoch, compared", caption, notes}
	return c, caption.check()
}

func checkRuns(runs []ComparedRun) error {
	if len(runs) == 0 {
		return errors.New("no run given")
	}
	for _, run := range runs {
		if len(run.Histories) == 0 {
			return fmt.Errorf("run %q: no history given", run.Name)
		}
		for _, history := range run.Histories {
			if len(history) == 0 {
				return fmt.Errorf("run %q: the history holds no epoch", run.Name)
			}
		}
		if !drawable(run.Yardstick) || run.Yardstick < 0 {
			return fmt.Errorf("run %q: the yardstick is %v, want a finite number above 0, or 0 for none", run.Name, run.Yardstick)
		}
	}
	return nil
}

// compareRun returns the curves of the run at the given place in the
// comparison.
func compareRun(q quantity, i int, run ComparedRun) comparedCurves {
	curves := func(history metrics.History) (training, validation curve) {
		training, validation = epochCurves(history, q.of)
		for _, curve := range []*curve{&training, &validation} {
			curve.color, curve.dashes = runColor(i), runDashes(i)
		}
		return training, validation
	}
	mean, low, high := run.Histories.Band()
	c := comparedCurves{name: run.Name, seeds: len(run.Histories)}
	c.training, c.validation = curves(mean)
	c.best, c.hasBest = bestPoint(mean, c.validation)
	if c.seeds > 1 {
		lowTraining, lowValidation := curves(low)
		highTraining, highValidation := curves(high)
		c.bands = []band{{lowTraining, highTraining}, {lowValidation, highValidation}}
	}
	return c
}

// label names the run in a legend with room for text of the given width.
func (c comparedCurves) label(q quantity, width vg.Length) string {
	style, best := textStyle(labelSize, inkColor), c.bestNote(q)
	return elideMiddle(style, c.name, width-style.Width(best)) + best
}

// bestNote says behind the run's name what its best epoch reached.
func (c comparedCurves) bestNote(q quantity) string {
	switch {
	case !c.hasBest:
		return ": no finite validation loss"
	case c.seeds > 1:
		return fmt.Sprintf(", %d seeds: best mean "+q.format+" (epoch %d)", c.seeds, c.best.Y, int(c.best.X))
	}
	return fmt.Sprintf(": best "+q.format+" (epoch %d)", c.best.Y, int(c.best.X))
}

// The order pairs each color with one of another lightness four runs later,
// which has the same dashes: printed in gray they stay apart, too.
var runColors = []color.Color{blue, vermillion, green, purple, skyBlue, orange, black, brown}

var dashPatterns = [][]vg.Length{
	nil, // solid
	{7, 3},
	{2, 2.5},
	{8, 2.5, 2, 2.5},
}

// runColor and runDashes give the first 32 runs a look of their own.
func runColor(i int) color.Color { return runColors[i%len(runColors)] }

func runDashes(i int) []vg.Length {
	return dashPatterns[(i+i/len(runColors))%len(dashPatterns)]
}

// sharedYardsticks returns each different yardstick once, named after its runs
// unless all have it.
func sharedYardsticks(runs []ComparedRun) []sharedYardstick {
	var shared []sharedYardstick
	for i, run := range runs {
		known := func(s sharedYardstick) bool { return s.Loss == run.Yardstick }
		if run.Yardstick == 0 || slices.ContainsFunc(shared, known) {
			continue
		}
		var names []string
		for _, other := range runs {
			if other.Yardstick == run.Yardstick {
				names = append(names, other.Name)
			}
		}
		yardstick := sharedYardstick{Yardstick{"PCA for " + strings.Join(names, ", "), run.Yardstick}, runColor(i)}
		if len(names) == len(runs) {
			yardstick = sharedYardstick{Yardstick{"PCA", run.Yardstick}, noteColor}
		}
		shared = append(shared, yardstick)
	}
	return shared
}

// write draws the comparison and writes it as a PNG.
func (c *comparison) write(w io.Writer) error {
	training, validation, err := c.plots()
	if err != nil {
		return err
	}
	const width = pictureWidth - 2*margin
	legend, err := c.legend(width)
	if err != nil {
		return err
	}
	return writePicture(w, c.heading, legend.height(width)+axesHeight, func(canvas draw.Canvas) {
		panels := []*plot.Plot{training, validation}
		tiles := draw.Tiles{Cols: len(panels), Rows: 1, PadX: panelGap}
		for i, place := range plot.Align([][]*plot.Plot{panels}, tiles, legend.draw(canvas))[0] {
			panels[i].Draw(place)
		}
	})
}

// plots returns the axes of the two panels with the curves in them.
func (c *comparison) plots() (training, validation *plot.Plot, err error) {
	const fewLabels = 5
	training, validation = epochAxes(c.first, c.last, fewLabels), epochAxes(c.first, c.last, fewLabels)
	training.Title.Text, validation.Title.Text = "Training", "Validation"
	training.Y.Label.Text = c.yLabel
	for _, yardstick := range c.yardsticks {
		validation.Add(levelLine{c.scale.place(yardstick.Loss), yardstick.color})
	}
	for _, run := range c.runs {
		for i, band := range run.bands {
			if err := addBand([]*plot.Plot{training, validation}[i], band, c.scale); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, run := range c.runs {
		if _, err := addCurve(training, run.training, c.scale, c.pointsUpTo()); err != nil {
			return nil, nil, err
		}
		if _, err := addCurve(validation, run.validation, c.scale, c.pointsUpTo()); err != nil {
			return nil, nil, err
		}
	}
	for _, run := range c.runs { // above all curves
		if !run.hasBest {
			continue
		}
		ring, core, err := bestMark(plotter.XY{X: run.best.X, Y: c.scale.place(run.best.Y)}, run.validation.color)
		if err != nil {
			return nil, nil, err
		}
		validation.Add(ring, core)
	}
	c.scale.apply(&training.Y) // Add has widened the range to hold spikes
	c.scale.apply(&validation.Y)
	return training, validation, nil
}

// pointsUpTo is the number of epochs so few that a line through them would be
// too short to see, or all where these are few.
func (c *comparison) pointsUpTo() int {
	const fewEpochs, shortest = 12, 1. / 25
	epochs := c.last - c.first + 1
	if epochs <= fewEpochs {
		return epochs
	}
	return max(1, int(shortest*float64(epochs)))
}

// legend names the runs, the mark of their best epochs and the yardsticks.
func (c *comparison) legend(width vg.Length) (*legendStrip, error) {
	legend := &legendStrip{aligned: true}
	room := legendTextWidth(width)
	for _, run := range c.runs {
		legend.add(run.label(c.quantity, room), &plotter.Line{LineStyle: run.training.style()})
	}
	ring, core, err := bestMark(plotter.XY{}, color.White)
	if err != nil {
		return nil, err
	}
	legend.add("best epoch, by validation loss", ring, core)
	for _, yardstick := range c.yardsticks {
		legend.add(yardstick.label(room), levelLine{color: yardstick.color})
	}
	return legend, nil
}
