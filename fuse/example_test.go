package fuse_test

import (
	"fmt"
	"log"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/fuse"
)

// A multi-layer perceptron learns to tell where two bits differ. It is Gorgonia's own
// from the first line to the last but for the call of fuse.Graph, which takes the
// place of G.Grad.
func ExampleGraph() {
	dense := func(shape tensor.Shape, values ...float32) *tensor.Dense {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
	}
	g := G.NewGraph()
	x := G.NodeFromAny(g, dense(tensor.Shape{4, 2}, 0, 0, 0, 1, 1, 0, 1, 1), G.WithName("x"))
	y := G.NodeFromAny(g, dense(tensor.Shape{4, 2}, 1, 0, 0, 1, 0, 1, 1, 0), G.WithName("y")) // same, different
	w1 := G.NodeFromAny(g, dense(tensor.Shape{2, 4}, 0.9, -0.8, 0.7, -0.6, -0.7, 0.8, 0.9, 0.5), G.WithName("w1"))
	b1 := G.NodeFromAny(g, dense(tensor.Shape{4}, 0.1, 0.1, -0.1, 0.1), G.WithName("b1"))
	w2 := G.NodeFromAny(g, dense(tensor.Shape{4, 2}, -0.5, 0.6, -0.4, 0.7, 0.5, -0.6, 0.3, 0.1), G.WithName("w2"))
	b2 := G.NodeFromAny(g, dense(tensor.Shape{2}, 0, 0), G.WithName("b2"))

	hidden := G.Must(G.Rectify(G.Must(G.BroadcastAdd(G.Must(G.Mul(x, w1)), b1, nil, []byte{0})))) // (4, 4)
	scores := G.Must(G.BroadcastAdd(G.Must(G.Mul(hidden, w2)), b2, nil, []byte{0}))               // (4, 2)
	sums := G.Must(G.Log(G.Must(G.Sum(G.Must(G.Exp(scores)), 1))))                                // (4)
	logits := G.Must(G.BroadcastSub(scores, sums, nil, []byte{1}))                                // (4, 2)
	loss := G.Must(G.Neg(G.Must(G.Mean(G.Must(G.HadamardProd(y, logits))))))

	graph, roots, err := fuse.Graph(G.Nodes{loss, scores}, w1, b1, w2, b2)
	if err != nil {
		log.Fatal(err)
	}
	machine, solver := G.NewTapeMachine(graph), G.NewVanillaSolver(G.WithLearnRate(0.5))
	defer machine.Close()
	for range 200 {
		if err := machine.RunAll(); err != nil {
			log.Fatal(err)
		}
		machine.Reset()
		if err := solver.Step(G.NodesToValueGrads(G.Nodes{w1, b1, w2, b2})); err != nil {
			log.Fatal(err)
		}
	}
	values := roots[1].Value().Data().([]float32)
	for i, bits := range []string{"0 0", "0 1", "1 0", "1 1"} {
		fmt.Println(bits, "differ:", values[2*i+1] > values[2*i])
	}
	fmt.Println(fuse.Fused(graph)[:2])
	// Output:
	// 0 0 differ: false
	// 0 1 differ: true
	// 1 0 differ: true
	// 1 1 differ: false
	// [linear and relu linear]
}
