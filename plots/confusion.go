package plots

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

const (
	fewestClasses = 2
	mostClasses   = 200 // more rows than these would be thinner than a line of text
	mostWithTexts = 10  // more cells than these have no room for their figures
)

// Confusion writes a PNG of the confusion matrix to w. It has a row for each actual
// class, from the top, and a column for each predicted one. Each cell holds the
// number of images and their share of the row, which also decides the cell's color;
// with more than 10 classes a cell has only its color. The title gives the accuracy.
// Confusion returns an error unless the matrix is square, has 2 to 200 classes and
// has counted an image, if the caption names no dataset, or from w.
func Confusion(w io.Writer, caption Caption, confusion *metrics.Confusion) error {
	if err := checkConfusion(caption, confusion); err != nil {
		return fmt.Errorf("drawing the confusion matrix: %w", err)
	}
	heading := heading{
		title:   "Confusion matrix, accuracy " + Percent(confusion.Accuracy()),
		caption: caption,
		notes:   []string{"In each cell: the number of images and their share of the actual class (of the row)."},
	}
	if len(confusion.Classes) > mostWithTexts {
		heading.notes = []string{"The darker a cell, the larger the share of the actual class (of the row) that was taken for the class of the column."}
	}
	matrix, err := confusionPlot(confusion)
	if err == nil {
		err = writePicture(w, heading, confusionHeight(len(confusion.Classes)), matrix.Draw)
	}
	if err != nil {
		return fmt.Errorf("drawing the confusion matrix: %w", err)
	}
	return nil
}

func checkConfusion(caption Caption, confusion *metrics.Confusion) error {
	if confusion == nil {
		return errors.New("no matrix given")
	}
	n := len(confusion.Classes)
	if n < fewestClasses || n > mostClasses {
		return fmt.Errorf("%d classes, want %d to %d", n, fewestClasses, mostClasses)
	}
	if len(confusion.Counts) != n {
		return fmt.Errorf("%d rows of counts for %d classes", len(confusion.Counts), n)
	}
	for i, row := range confusion.Counts {
		if len(row) != n {
			return fmt.Errorf("row %d holds %d counts for %d classes", i, len(row), n)
		}
		if slices.Min(row) < 0 {
			return fmt.Errorf("row %d holds a count below 0", i)
		}
	}
	if confusion.Total() == 0 {
		return errors.New("the matrix has counted no image")
	}
	return caption.check()
}

const (
	longestName = vg.Length(110) // of a class, which leaves the cells most of the picture
	thinnestRow = vg.Length(4.5) // points of a row among many
)

// confusionHeight returns the height of the matrix. A few large cells are wider
// than high; many small ones are about square.
func confusionHeight(classes int) vg.Length {
	const few = 4
	switch {
	case classes <= few:
		return 4.4 * vg.Inch
	case classes <= mostWithTexts:
		return 6.6 * vg.Inch
	}
	return max(7.2*vg.Inch, thinnestRow*vg.Length(classes)+longestName)
}

// rowShares presents a confusion matrix as a grid of the shares of each row,
// with NaN in a row without images. It implements plotter.GridXYZ, whose rows
// run upwards, so that the first class's row is the grid's last.
type rowShares struct{ *metrics.Confusion }

func (s rowShares) Dims() (columns, rows int) { return len(s.Classes), len(s.Classes) }
func (s rowShares) X(column int) float64      { return float64(column) }
func (s rowShares) Y(row int) float64         { return float64(row) }

func (s rowShares) Z(column, row int) float64 {
	counts := s.row(row)
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(counts[column]) / float64(total)
}

// row returns the counts of the grid's row.
func (s rowShares) row(row int) []int { return s.Counts[len(s.Counts)-1-row] }

func confusionPlot(confusion *metrics.Confusion) (*plot.Plot, error) {
	shares := rowShares{confusion}
	colors, err := shareColors()
	if err != nil {
		return nil, err
	}
	heat := plotter.NewHeatMap(shares, colors)
	heat.Min, heat.Max = 0, 1
	heat.NaN = emptyColor
	matrix, n := newPlot(), len(confusion.Classes)
	matrix.Add(heat)
	if n <= mostWithTexts {
		counts, percents, err := cellTexts(shares, colors)
		if err != nil {
			return nil, err
		}
		matrix.Add(cellBorders{n, n}, counts, percents)
	}
	matrix.X.Label.Text, matrix.Y.Label.Text = "Predicted class", "Actual class"
	nameClasses(matrix, confusion.Classes)
	return matrix, nil
}

// nameClasses writes the class names along both axes, the first class on the
// left and at the top.
func nameClasses(matrix *plot.Plot, classes []string) {
	n := len(classes)
	if n > mostWithTexts {
		for _, label := range []*text.Style{&matrix.X.Tick.Label, &matrix.Y.Tick.Label} {
			label.Font.Size = min(smallSize, 0.8*cellWidth(n))
		}
	}
	across, upwards := make(plot.ConstantTicks, n), make(plot.ConstantTicks, n)
	needed := vg.Length(0)
	for i, class := range classes {
		name := elide(matrix.X.Tick.Label, class, longestName)
		needed = max(needed, matrix.X.Tick.Label.Width(name))
		across[i] = plot.Tick{Value: float64(i), Label: name}
		upwards[n-1-i] = plot.Tick{Value: float64(n - 1 - i), Label: name}
	}
	for _, axis := range []*plot.Axis{&matrix.X, &matrix.Y} {
		axis.Width, axis.Tick.Length, axis.Padding = 0, 0, 0
	}
	matrix.X.Padding = 4
	matrix.X.Tick.Marker, matrix.Y.Tick.Marker = across, upwards
	switch {
	case n > mostWithTexts:
		matrix.X.Tick.Label.Rotation = math.Pi / 2
		matrix.X.Tick.Label.XAlign, matrix.X.Tick.Label.YAlign = draw.XRight, draw.YCenter
	case needed > cellWidth(n):
		matrix.X.Tick.Label.Rotation = math.Pi / 4
		matrix.X.Tick.Label.XAlign, matrix.X.Tick.Label.YAlign = draw.XRight, draw.YTop
	}
}

// cellWidth returns about how wide each of n cells beside each other is.
func cellWidth(n int) vg.Length {
	const names = vg.Length(100) // class names and label of the vertical axis
	return (pictureWidth - 2*margin - names) / vg.Length(n)
}
