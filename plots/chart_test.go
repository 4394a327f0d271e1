package plots

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// TestLegendCoversNoCurve checks on canvases of several widths that the
// legend's entries lie above the axes and beside or below each other.
func TestLegendCoversNoCurve(t *testing.T) {
	chart := must(LossComparison(shortCaption, "mse", runsOf(longCaption.Run, 3, 2)))
	plots, legend := chart.plots(), chart.legend(300)
	for _, canvasWidth := range []vg.Length{300, 420, bodyWidth} {
		canvas := draw.NewCanvas(new(recorder.Canvas), canvasWidth, 400)
		rest := legend.draw(canvas)
		if got, want := canvas.Max.Y-rest.Max.Y, legend.height(canvasWidth); math.Abs(float64(got-want)) > 1e-9 {
			t.Errorf("width %v: the strip takes %v, its height is %v", canvasWidth, got, want)
		}
		top := plots[0].DataCanvas(rest).Max.Y
		var placed []vg.Rectangle
		legend.place(canvasWidth, func(_ *plot.Legend, left, down, entryWidth vg.Length) {
			box := vg.Rectangle{
				Min: vg.Point{X: left, Y: canvas.Max.Y - down - legendRowHeight},
				Max: vg.Point{X: left + entryWidth, Y: canvas.Max.Y - down},
			}
			if box.Min.Y < top {
				t.Errorf("width %v: entry %v reaches into the axes, whose top is %v", canvasWidth, box, top)
			}
			if box.Max.X > canvasWidth {
				t.Errorf("width %v: entry %v is cut off", canvasWidth, box)
			}
			for _, other := range placed {
				if box.Min.X < other.Max.X && box.Min.Y < other.Max.Y && other.Min.X < box.Max.X && other.Min.Y < box.Max.Y {
					t.Errorf("width %v: entries %v and %v overlap", canvasWidth, box, other)
				}
			}
			placed = append(placed, box)
		})
		if len(placed) != 4 {
			t.Errorf("width %v: %d entries, want two runs, best and PCA", canvasWidth, len(placed))
		}
	}
}

func TestBestIsMarked(t *testing.T) {
	history := historyOf(0.9, 0.5, 0.6)
	history[1].ValidationLoss = 0.5
	history[2].ValidationAccuracy = 0.99 // more accurate, but not of the lowest loss
	loss := must(LossChart(shortCaption, history, "hinge"))
	if want := "best validation: 0.5000 (epoch 2)"; loss.best != want || loss.panels[0].curves[1].best != 1 {
		t.Errorf("marked %q, want %q at epoch 2", loss.best, want)
	}
	accuracy := must(AccuracyChart(shortCaption, history))
	if want := "best weights (lowest validation loss): 62.5% (epoch 2)"; accuracy.best != want || accuracy.panels[0].curves[1].best != 1 {
		t.Errorf("marked %q, want %q at epoch 2", accuracy.best, want)
	}
	for i := range history {
		history[i].ValidationLoss = math.NaN()
	}
	if loss = must(LossChart(shortCaption, history, "hinge")); loss.best != "" || loss.panels[0].curves[1].best != -1 {
		t.Errorf("marked %q, want no mark without a validation loss", loss.best)
	}
}

// TestNoiseIsSmoothed wants many epochs to be smoothed by the mean over their
// neighbors, with gaps kept, and few epochs not to be smoothed.
func TestNoiseIsSmoothed(t *testing.T) {
	var points plotter.XYs
	for i := range 1000 {
		points = append(points, plotter.XY{X: float64(i), Y: float64(i) + float64(i%2)})
	}
	points[500].Y = math.NaN()
	smooth := smoothed(points)
	if got := smooth[100].Y; math.Abs(got-100.5) > 0.1 {
		t.Errorf("the mean around 100 is %g, want 100.5", got)
	}
	if !math.IsNaN(smooth[500].Y) || math.IsNaN(smooth[499].Y) {
		t.Errorf("around the gap: %v", smooth[499:502])
	}
	if few := smoothed(points[:manyEpochs]); few != nil {
		t.Errorf("%d epochs were smoothed", len(few))
	}
}

// TestThinned wants long curves to keep their lowest and highest points, in order, and
// short ones all of theirs.
func TestThinned(t *testing.T) {
	points := make(plotter.XYs, 20000)
	for i := range points {
		points[i] = plotter.XY{X: float64(i), Y: math.Sin(float64(i))}
	}
	points[12345].Y, points[12346].Y = 50, -50
	thin := thinned(points)
	if len(thin) != 2*mostColumns || !slices.Contains(thin, points[12345]) || !slices.Contains(thin, points[12346]) {
		t.Errorf("%d points are left, or the extremes are not among them", len(thin))
	}
	if !slices.IsSortedFunc(thin, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) }) {
		t.Error("the points are out of order")
	}
	if few := points[:2*mostColumns]; len(thinned(few)) != len(few) {
		t.Errorf("of %d points %d are left", len(few), len(thinned(few)))
	}
}
