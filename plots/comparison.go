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

// ComparedRun is one of the runs of a comparison.
type ComparedRun struct {
	Name    string
	History metrics.History

	// Yardstick is the validation loss of a PCA with as many components as the
	// model's latent vector has values; 0 for none.
	Yardstick float64
}

// Comparison writes a PNG of several runs' losses against the epoch to w: the
// training losses in the left panel, the validation losses in the right one,
// on the same vertical axis, whose name and scale are chosen as in Loss. In
// the right panel each run's epoch of the lowest validation loss is marked and
// the yardsticks are dashed lines. The histories may differ in length. The
// first 8 runs have a color each; later ones repeat the colors with other
// dashes. Comparison returns an error if no run is given, if one has no epoch
// or a yardstick that is negative or not finite, if no run has a finite loss,
// if the caption names no dataset, or from w.
func Comparison(w io.Writer, caption Caption, lossName string, runs []ComparedRun) error {
	comparison, err := newComparison(caption, lossName, runs)
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
	training, validation curve
	best                 plotter.XY // the lowest validation loss and its epoch
	hasBest              bool
}

// sharedYardstick is a yardstick of one or several runs, in the first one's
// color, or of all.
type sharedYardstick struct {
	Yardstick
	color color.Color
}

func newComparison(caption Caption, lossName string, runs []ComparedRun) (*comparison, error) {
	if err := checkRuns(runs); err != nil {
		return nil, err
	}
	c := &comparison{first: runs[0].History[0].Number, yardsticks: sharedYardsticks(runs)}
	var losses, levels []float64
	gapped := 0
	for i, run := range runs {
		curves := compareRun(i, run)
		c.runs = append(c.runs, curves)
		c.first = min(c.first, run.History[0].Number)
		c.last = max(c.last, run.History.Last().Number)
		losses = slices.Concat(losses, curves.training.values(), curves.validation.values())
		gapped += gaps([]curve{curves.training, curves.validation})
	}
	if len(losses) == 0 {
		return nil, errors.New("no run has a finite loss")
	}
	for _, yardstick := range c.yardsticks {
		levels = append(levels, yardstick.Loss)
	}
	c.scale = lossScale(losses, levels...)
	c.yLabel = lossLabel(lossName, c.scale)
	c.heading = heading{"Loss per epoch, runs compared", caption, append(gapNotes("loss", gapped), c.scale.notes...)}
	return c, caption.check()
}

func checkRuns(runs []ComparedRun) error {
	if len(runs) == 0 {
		return errors.New("no run given")
	}
	for _, run := range runs {
		if len(run.History) == 0 {
			return fmt.Errorf("run %q: the history holds no epoch", run.Name)
		}
		if !drawable(run.Yardstick) || run.Yardstick < 0 {
			return fmt.Errorf("run %q: the yardstick is %v, want a finite number above 0, or 0 for none", run.Name, run.Yardstick)
		}
	}
	return nil
}

// compareRun returns the curves of the run at the given place in the
// comparison.
func compareRun(i int, run ComparedRun) comparedCurves {
	training, validation := epochCurves(run.History, func(e metrics.Epoch) (training, validation float64) {
		return e.TrainLoss, e.ValidationLoss
	})
	for _, curve := range []*curve{&training, &validation} {
		curve.color, curve.dashes = runColor(i), runDashes(i)
	}
	c := comparedCurves{name: run.Name, training: training, validation: validation}
	c.best, c.hasBest = bestPoint(run.History, validation)
	return c
}

// label names the run in a legend with room for text of the given width.
func (c comparedCurves) label(width vg.Length) string {
	style := textStyle(labelSize, inkColor)
	best := ": no finite validation loss"
	if c.hasBest {
		best = fmt.Sprintf(": best %#.4g (epoch %d)", c.best.Y, int(c.best.X))
	}
	return elideMiddle(style, c.name, width-style.Width(best)) + best
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
		legend.add(run.label(room), &plotter.Line{LineStyle: run.training.style()})
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
