package plots

import (
	"errors"
	"io"
	"math"

	"gonum.org/v1/plot/vg"

	"cifartrain/metrics"
)

// mostWithTexts is the largest number of classes whose cells have room for their figures.
const mostWithTexts = 10

// Confusion writes a PNG of the confusion matrix to w. It has a row for each actual
// class, from the top, and a column for each predicted one. Each cell holds the number of
// images and their share of the row, which also decides the cell's color; with more than
// 10 classes a cell has only its color. The title gives the accuracy.
func Confusion(w io.Writer, caption Caption, confusion *metrics.Confusion) error {
	n := len(confusion.Classes)
	if confusion.Total() == 0 {
		return errors.New("no image is counted")
	}
	cells := matrix{xLabel: "Predicted class", yLabel: "Actual class", columns: confusion.Classes, rows: confusion.Classes}
	for _, counts := range confusion.Counts {
		total := 0
		for _, count := range counts {
			total += count
		}
		shares, texts := make([]float64, n), make([]string, n)
		for i, count := range counts {
			shares[i] = float64(count) / float64(total) // NaN in a row without images
			texts[i] = Thousands(count) + "\n" + Percent(shares[i])
			if math.IsNaN(shares[i]) {
				texts[i] = "–"
			}
		}
		cells.shares, cells.texts = append(cells.shares, shares), append(cells.texts, texts)
	}
	h := heading{"Confusion matrix, accuracy " + Percent(confusion.Accuracy()), caption,
		[]string{"In each cell: the number of images and their share of the actual class (of the row)."}}
	height := vg.Length(6.6) * vg.Inch
	switch {
	case n <= 4:
		height = 4.4 * vg.Inch
	case n > mostWithTexts:
		const thinnestRow = vg.Length(4.5)
		cells.texts, height = nil, max(7.2*vg.Inch, thinnestRow*vg.Length(n)+longestName)
		h.notes = []string{"The stronger the color of a cell, the larger the share of the actual class (of the row) that was taken for the class of the column."}
	}
	return writePicture(w, h, height, cells.plot((height-longestName)/vg.Length(n)).Draw)
}
