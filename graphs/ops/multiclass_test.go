package ops

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
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

// TestMulticlassGradients compares the losses with their formulas, and their
// gradients by the scores with central differences of those. Two rows of the
// batch hold no images.
func TestMulticlassGradients(t *testing.T) {
	const c, h = 0.6, 1e-6
	random := rand.New(rand.NewPCG(17, 2))
	for _, shape := range [][2]int{{1, 3}, {6, 10}, {3, 100}} {
		n, classes := shape[0], shape[1]
		scores, labels := normal(random, (n+2)*classes, 1), make([]float32, n+2)
		for i := range n {
			labels[i] = float32(random.IntN(classes))
		}
		for i := n * classes; i < len(scores); i++ {
			scores[i] = float32(math.NaN())
		}
		for _, oneVsRest := range []bool{false, true} {
			for _, squared := range []bool{false, true} {
				t.Run(fmt.Sprint(shape, oneVsRest, squared), func(t *testing.T) {
					loss := WestonWatkins(classes, c, squared)
					if oneVsRest {
						loss = OneVsRest(classes, c, squared)
					}
					g := G.NewGraph()
					s := G.NewMatrix(g, tensor.Float32, G.WithName("scores"), G.WithShape(n+2, classes), G.WithValue(dense(scores, n+2, classes)))
					y := G.NewVector(g, tensor.Float32, G.WithName("labels"), G.WithShape(n+2), G.WithValue(dense(labels, n+2)))
					node := must(t)(loss.Node(&Live{n}, s, y))
					if _, err := G.Grad(node, s); err != nil {
						t.Fatal(err)
					}
					runAll(t, g)
					exact := make([]float64, n*classes)
					for i := range exact {
						exact[i] = float64(scores[i])
					}
					formula := func() float64 { return multiclass64(exact, labels[:n], classes, c, oneVsRest, squared) }
					if got, want := float64(*node.Value().(*G.F32)), formula(); math.Abs(got-want) > 1e-6*want {
						t.Errorf("the loss is %v, want %v", got, want)
					}
					gradient, err := s.Grad()
					if err != nil {
						t.Fatal(err)
					}
					for i, got := range gradient.Data().([]float32)[:n*classes] {
						score := exact[i]
						exact[i] = score + h
						above := formula()
						exact[i] = score - h
						below := formula()
						exact[i] = score
						if want := (above - below) / (2 * h); math.Abs(float64(got)-want) > 1e-5*(1+math.Abs(want)) {
							t.Fatalf("gradient %d is %v, want %v", i, got, want)
						}
					}
				})
			}
		}
	}
}
