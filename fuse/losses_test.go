package fuse_test

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"cifartrain/fuse"
)

// multiclass64 is the loss of scores (n, classes) in float64, by its formula.
func multiclass64(scores []float64, labels []float32, classes int, c float64, oneVsRest, squared bool) float64 {
	total := 0.0
	for i, label := range labels {
		row := scores[i*classes : (i+1)*classes]
		for j, score := range row {
			margin := 1 + score - row[int(label)]
			switch {
			case oneVsRest && j == int(label):
				margin = 1 - score
			case oneVsRest:
				margin = 1 + score
			case j == int(label):
				continue
			}
			margin = math.Max(0, margin)
			if squared {
				margin *= margin
			}
			total += margin
		}
	}
	return c * total / float64(len(labels))
}

// TestMulticlassGradients compares the losses with their formulas, and half of
// their gradients by the scores with central differences of those.
func TestMulticlassGradients(t *testing.T) {
	const c, h = 0.6, 1e-6
	for _, shape := range [][2]int{{1, 3}, {6, 10}, {3, 100}} {
		for variant := range 4 {
			n, classes, oneVsRest, squared := shape[0], shape[1], variant > 1, variant%2 == 1
			t.Run(fmt.Sprint(shape, oneVsRest, squared), func(t *testing.T) {
				p := newProgram(17, n, true)
				scores, labels := p.weight(n, classes), p.input(n)
				y, exact := labels.Value().Data().([]float32), make([]float64, n*classes)
				for i := range y {
					y[i] = float32(p.random.IntN(classes))
				}
				for i, v := range floats(scores.Value()) {
					exact[i] = float64(v)
				}
				loss := fuse.WestonWatkins
				if oneVsRest {
					loss = fuse.OneVsRest
				}
				node := G.Must(loss(scores, labels, c, squared))
				runs, _ := p.results(t, G.Nodes{G.Must(G.Mul(node, number(0.5))), node})
				formula := func() float64 { return multiclass64(exact, y, classes, c, oneVsRest, squared) }
				if got, want := float64(runs[0][1][0]), formula(); math.Abs(got-want) > 1e-6*want {
					t.Errorf("the loss is %v, want %v", got, want)
				}
				for i, got := range runs[0][2] {
					score := exact[i]
					exact[i] = score + h
					above := formula()
					exact[i] = score - h
					below := formula()
					exact[i] = score
					if want := (above - below) / (4 * h); math.Abs(float64(got)-want) > 1e-5*(1+math.Abs(want)) {
						t.Fatalf("gradient %d is %v, want %v", i, got, want)
					}
				}
			})
		}
	}
}

// TestLossErrors refuses a target of another number of images.
func TestLossErrors(t *testing.T) {
	p := newProgram(1, 4, true)
	_, err := fuse.WestonWatkins(p.input(4, 3), p.input(5), 1, false)
	if want := "weston-watkins hinge: output (4, 3) and target (5) do not fit: they are for different numbers of images"; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
