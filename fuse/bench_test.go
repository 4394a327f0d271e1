package fuse_test

import (
	"testing"

	G "gorgonia.org/gorgonia"

	"cifartrain/fuse"
)

// BenchmarkStep computes the loss of a multi-layer perceptron with a softmax in plain
// operations, and its gradients, for 128 images: fused, and as Gorgonia does.
func BenchmarkStep(b *testing.B) {
	const rows = 128
	for _, name := range []string{"fused", "gorgonia"} {
		b.Run(name, func(b *testing.B) {
			p := newProgram(1, rows, name == "fused")
			scores := p.linear(relu(p.linear(p.input(rows, 3072), 256)), 10)
			loss := crossEntropy(p.input(rows, 10), scores)
			graph := p.ExprGraph
			var err error
			if p.fused {
				graph, _, err = fuse.Graph(G.Nodes{loss}, p.weights...)
			} else {
				_, err = G.Grad(loss, p.weights...)
			}
			if err != nil {
				b.Fatal(err)
			}
			machine := G.NewTapeMachine(graph)
			defer machine.Close()
			b.ReportAllocs()
			for b.Loop() {
				if err := machine.RunAll(); err != nil {
					b.Fatal(err)
				}
				machine.Reset()
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
