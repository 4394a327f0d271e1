package plots

import (
	"errors"
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"cifartrain/metrics"
)

// layerMeasures are what a chart each shows of all layers. spread is how far the curve's
// band reaches up and down; nil for a curve without one.
var layerMeasures = []struct {
	title, label string
	of, spread   func(metrics.Layer) float64
	axis         func(values []float64) scale
}{
	{"Dead units", "Dead units (%)", func(l metrics.Layer) float64 { return 100 * l.Dead }, nil,
		func([]float64) scale { return scale{low: 0, high: 100} }},
	{"Outputs: mean and deviation", "Output", func(l metrics.Layer) float64 { return l.Mean }, func(l metrics.Layer) float64 { return l.Deviation },
		func(values []float64) scale { return linearScale(slices.Min(values), slices.Max(values)) }},
	{"Norm of the gradient", "Gradient", func(l metrics.Layer) float64 { return l.Gradient }, nil, func(values []float64) scale { return lossScale(values) }},
	{"Ratio of update to weight", "Update / weight", func(l metrics.Layer) float64 { return l.Update }, nil, func(values []float64) scale { return lossScale(values) }},
}

// LayerCharts shows what goes on inside each layer of a model, epoch by epoch, in up to
// four charts with a curve for each layer: the share of dead units, if a layer has a
// ReLU; the mean of what it puts out, with a band of one standard deviation; the norm of
// its gradient; and the ratio of update to weight, which is healthy near 0.001. It
// returns no charts for a history without layers.
func LayerCharts(caption Caption, history metrics.History) (charts []*Chart, err error) {
	if len(history) == 0 || len(history[0].Layers) == 0 {
		return nil, nil
	}
	for _, measure := range layerMeasures {
		c := &Chart{first: history[0].Number, last: history.Last().Number, panels: []panel{{}}}
		c.quantity = quantity{name: "figure", text: Loss, percent: measure.label == "Dead units (%)",
			axis: func(values, _ []float64) (scale, string) { return measure.axis(values), measure.label }}
		drawn := 0
		for i, layer := range history[0].Layers {
			line := curve{look: lookOf(i), name: layer.Name, best: -1}
			for _, epoch := range history {
				x, value, spread := float64(epoch.Number), measure.of(epoch.Layers[i]), 0.0
				line.points = append(line.points, plotter.XY{X: x, Y: value})
				if measure.spread != nil {
					spread = measure.spread(epoch.Layers[i])
					line.low = append(line.low, plotter.XY{X: x, Y: value - spread})
					line.high = append(line.high, plotter.XY{X: x, Y: value + spread})
				}
			}
			drawn += len(finite(line.points))
			c.panels[0].curves = append(c.panels[0].curves, line)
		}
		if drawn == 0 {
			continue
		}
		if err := c.finish(caption, measure.title, 0); err != nil {
			return nil, err
		}
		charts = append(charts, c)
	}
	return charts, nil
}

// Layers writes a PNG to w of all of [LayerCharts], two beside each other.
func Layers(w io.Writer, caption Caption, history metrics.History) error {
	charts, err := LayerCharts(caption, history)
	if err == nil && len(charts) == 0 {
		err = errors.New("the history holds no layers")
	}
	if err != nil {
		return err
	}
	var panels []*plot.Plot
	for _, chart := range charts {
		axes := chart.plots()[0]
		axes.Title.Text, axes.X.Tick.Marker = chart.heading.title, epochTicks(chart.first, chart.last, mostTicks/2)
		if chart.scale.logarithmic {
			axes.Y.Label.Text += ", log scale"
		}
		panels = append(panels, axes)
	}
	notes := []string{"Outputs are those for the first batch of validation images after the epoch, the gradient and the update those of the epoch's last full step. Dead: zero for the whole batch. Bands are one standard deviation. An update near 0.001 of the weight is healthy."}
	return writePlots(w, heading{"Inside the layers", caption, notes}, charts[0].legend(bodyWidth), 2, 2.6*vg.Inch, panels...)
}
