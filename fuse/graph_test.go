package fuse_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/fuse"
)

// A program is a graph of somebody's, written for batches of some rows. Written
// again with the same seed, it has the same numbers.
type program struct {
	*G.ExprGraph
	rows    int
	fused   bool // whether it is to be fused
	random  *rand.Rand
	weights G.Nodes
}

func newProgram(seed uint64, rows int, fused bool) *program {
	return &program{ExprGraph: G.NewGraph(), rows: rows, fused: fused, random: rand.New(rand.NewPCG(seed, uint64(rows)))}
}

// input is a node whose values are normally distributed.
func (p *program) input(shape ...int) *G.Node {
	values := tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
	for i := range values.Float32s() {
		values.Float32s()[i] = float32(p.random.NormFloat64() / math.Sqrt(float64(shape[len(shape)-1])))
	}
	name := fmt.Sprint("n", p.AllNodes().Len())
	return G.NewTensor(p.ExprGraph, tensor.Float32, len(shape), G.WithName(name), G.WithShape(shape...), G.WithValue(values))
}

// weight is an input by which the loss is differentiated.
func (p *program) weight(shape ...int) *G.Node {
	p.weights = append(p.weights, p.input(shape...))
	return p.weights[len(p.weights)-1]
}

// labels are as many classes, 0 and 1 in turn.
func (p *program) labels() *G.Node {
	node := p.input(p.rows)
	for i := range p.rows {
		node.Value().Data().([]float32)[i] = float32(i % 2)
	}
	return node
}

// number is a constant.
func number(v float32) *G.Node { return G.NewConstant(v) }

// affine is x w + b.
func affine(x, w, b *G.Node) *G.Node {
	return G.Must(G.BroadcastAdd(G.Must(G.Mul(x, w)), b, nil, []byte{0}))
}

// linear is a layer with n outputs and weights of its own.
func (p *program) linear(x *G.Node, n int) *G.Node {
	return affine(x, G.Must(G.Transpose(p.weight(n, x.Shape()[1]))), p.weight(n))
}

// mse is the mean squared difference.
func mse(a, b *G.Node) *G.Node { return G.Must(G.Mean(G.Must(G.Square(G.Must(G.Sub(a, b)))))) }

// hinge is the mean of max(0, 1 - y s) for y (B) and the scores s (B).
func hinge(y, s *G.Node, square bool) *G.Node {
	terms := G.Must(G.Rectify(G.Must(G.Sub(number(1), G.Must(G.HadamardProd(y, s))))))
	if square {
		terms = G.Must(G.Square(terms))
	}
	return G.Must(G.Mean(terms))
}

// crossEntropy is the mean of -y log(softmax(scores)) over all elements.
func crossEntropy(y, scores *G.Node) *G.Node {
	sums := G.Must(G.Log(G.Must(G.Sum(G.Must(G.Exp(scores)), 1))))
	return G.Must(G.Neg(G.Must(G.Mean(times(y, G.Must(G.BroadcastSub(scores, sums, nil, []byte{1})))))))
}

// signs is 2 labels - 1.
func signs(labels *G.Node) *G.Node {
	return G.Must(G.Sub(G.Must(G.Mul(labels, number(2))), number(1)))
}

// column is a (B, 1) matrix as a vector.
func column(x *G.Node) *G.Node { return G.Must(G.Reshape(x, tensor.Shape{x.Shape()[0]})) }

// results are the values of the roots, then the gradients by the weights, of two runs
// of one machine, and the names of this package's ops in it and of the sums and
// products that stayed Gorgonia's.
func (p *program) results(t *testing.T, roots G.Nodes) (runs [2][][]float32, names string) {
	t.Helper()
	graph, read := p.ExprGraph, []G.Value(nil)
	if p.fused {
		graph, roots = fused(roots, p.weights...)
		ops := fuse.Fused(graph)
		for _, n := range graph.AllNodes() {
			if n.Op() != nil && (strings.HasPrefix(n.Op().String(), "+") || strings.HasPrefix(n.Op().String(), "A ×")) {
				ops = append(ops, n.Op().String())
			}
		}
		names = strings.Join(ops, ", ")
	} else {
		all := roots
		if len(p.weights) > 0 {
			all = append(slices.Clip(roots), must(G.Grad(roots[0], p.weights...))...)
		}
		read = make([]G.Value, len(all))
		for i, node := range all {
			if G.Read(node, &read[i]); node.Op() == nil { // which the machine does not read
				read[i] = node.Value()
			}
		}
	}
	machine := G.NewTapeMachine(graph)
	defer machine.Close()
	for i := range runs {
		if err := machine.RunAll(); err != nil {
			t.Fatal(err)
		}
		machine.Reset()
		values := read
		if p.fused {
			values = p.fusedValues(roots)
		}
		for _, value := range values {
			runs[i] = append(runs[i], floats(value))
		}
	}
	return runs, names
}

// fused is fuse.Graph of a graph that can be fused.
func fused(roots G.Nodes, wrt ...*G.Node) (*G.ExprGraph, G.Nodes) {
	graph, roots, err := fuse.Graph(roots, wrt...)
	return must(graph, err), roots
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}

// fusedValues are the values of a fused graph's roots and the gradients by the weights.
func (p *program) fusedValues(roots G.Nodes) (values []G.Value) {
	for _, root := range roots {
		values = append(values, root.Value())
	}
	for _, weight := range p.weights {
		values = append(values, must(weight.Grad()))
	}
	return values
}

// floats are a value's elements in the order of its shape.
func floats(value G.Value) (all []float32) {
	dense, ok := value.(*tensor.Dense)
	if !ok {
		return []float32{float32(*value.(*G.F32))}
	}
	if dense.Shape().IsScalar() {
		return []float32{dense.ScalarValue().(float32)}
	}
	places := dense.Iterator()
	for place, err := places.Start(); err == nil; place, err = places.Next() {
		all = append(all, dense.Float32s()[place])
	}
	return all
}

// check compares a program's figures, fused and as Gorgonia computes them, with the
// tolerance times the largest element of each value and of each gradient. It returns
// the names of the ops.
func check(t *testing.T, seed uint64, rows int, tolerance float64, write func(p *program) G.Nodes) (names string) {
	t.Helper()
	results := func(fused bool) ([2][][]float32, string) {
		p := newProgram(seed, rows, fused)
		return p.results(t, write(p))
	}
	want, _ := results(false)
	got, names := results(true)
	for i, wants := range want[0] {
		largest, farthest := 0.0, 0.0
		for j, v := range wants {
			largest = max(largest, math.Abs(float64(v)))
			farthest = max(farthest, math.Abs(float64(v)-float64(got[0][i][j])))
		}
		if len(got[0][i]) != len(wants) || !(farthest <= tolerance*largest) {
			t.Errorf("value %d is off by %v, the largest element is %v", i, farthest, largest)
		}
		if !slices.Equal(got[0][i], got[1][i]) {
			t.Errorf("value %d is another in the second run", i)
		}
	}
	return names
}

// unary applies one of Gorgonia's functions of a node.
func unary(f func(*G.Node) (*G.Node, error)) func(*G.Node) *G.Node {
	return func(x *G.Node) *G.Node { return G.Must(f(x)) }
}

var (
	relu    = unary(G.Rectify)
	tanh    = unary(G.Tanh)
	sigmoid = unary(G.Sigmoid)
	square  = unary(G.Square)
	leaky   = unary(func(x *G.Node) (*G.Node, error) { return G.LeakyRelu(x, 0.1) })
	add     = func(a, b *G.Node) *G.Node { return G.Must(G.Add(a, b)) }
	times   = func(a, b *G.Node) *G.Node { return G.Must(G.HadamardProd(a, b)) }
)

// restore is an autoencoder's loss of 5 values, with an activation of 4 units.
func restore(activate func(*G.Node) *G.Node) func(p *program) G.Nodes {
	return func(p *program) G.Nodes {
		x := p.input(p.rows, 5)
		h := activate(p.linear(x, 4))
		y := p.linear(h, 5)
		return G.Nodes{mse(y, x), y, h}
	}
}

// TestGraph compares programs, fused and not, and wants the ops that each one is
// made of.
func TestGraph(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(p *program) G.Nodes
		want  string
	}{
		{"relu", restore(relu), "linear and relu, linear, mse, mse gradient, input gradient, weight gradient, bias gradient, relu gradient, weight gradient, bias gradient"},
		{"tanh", restore(tanh), "linear, linear, mse, mse gradient, input gradient, weight gradient, bias gradient, weight gradient, bias gradient, copy"},
		{"sigmoid", restore(sigmoid), "linear, linear, mse, mse gradient, input gradient, weight gradient, bias gradient, weight gradient, bias gradient, copy"},
		{"leaky relu", restore(leaky), "linear, relu, linear, mse, mse gradient, input gradient, weight gradient, bias gradient, relu gradient, weight gradient, bias gradient, copy, + false, + false"},
		{"skip connection", restore(func(h *G.Node) *G.Node { return add(h, relu(h)) }), "linear, relu, linear, mse, mse gradient, input gradient, weight gradient, bias gradient, relu gradient, weight gradient, bias gradient, copy, + false, + false"},
		{"one weight three times", func(p *program) G.Nodes {
			x, w, b := p.input(p.rows, 4), p.weight(4, 4), p.weight(4)
			y := tanh(affine(tanh(affine(tanh(affine(x, w, b)), w, b)), w, b))
			return G.Nodes{mse(y, x), y}
		}, "linear, linear, linear, mse, mse gradient, input gradient, weight gradient, bias gradient, input gradient, bias gradient, bias gradient, weight gradient and sum, weight gradient and sum, copy, + false, + false"},
		{"a weight and its penalty", func(p *program) G.Nodes {
			x, w := p.input(p.rows, 4), p.weight(3, 4)
			y := G.Must(G.Mul(G.Must(G.Mul(x, G.Must(G.Transpose(w)))), w))
			return G.Nodes{add(mse(y, x), G.Must(G.Mean(square(w)))), y}
		}, "product, product, mse, mse gradient, input gradient, weight gradient, weight gradient and sum, copy, + false, + false"},
		{"a loss that reduces over the batch", func(p *program) G.Nodes {
			y := tanh(p.linear(p.input(p.rows, 5), 3))
			deviation := G.Must(G.BroadcastSub(y, G.Must(G.Mean(y, 0)), nil, []byte{0}))
			return G.Nodes{G.Must(G.Mean(G.Must(G.Abs(deviation)))), y}
		}, "linear, copy, copy, weight gradient, bias gradient, copy, copy, + false"},
		{"softmax", func(p *program) G.Nodes {
			x, y := p.input(p.rows, 5), p.input(p.rows, 3)
			scores := p.linear(relu(p.linear(x, 4)), 3)
			return G.Nodes{crossEntropy(y, scores), scores}
		}, "linear and relu, linear, copy, copy, input gradient, weight gradient, bias gradient, relu gradient, weight gradient, bias gradient, copy, copy, + false"},
		{"a sum with two users", func(p *program) G.Nodes {
			x := p.input(p.rows, 5)
			a := p.linear(x, 5)
			return G.Nodes{mse(times(relu(a), tanh(a)), x)}
		}, "linear, relu, mse, mse gradient, relu gradient, weight gradient, bias gradient, + false"},
		{"a product with two users", func(p *program) G.Nodes {
			x, w := p.input(p.rows, 5), p.weight(5, 5)
			product := G.Must(G.Mul(x, w))
			h := relu(G.Must(G.BroadcastAdd(product, p.weight(5), nil, []byte{0})))
			return G.Nodes{mse(times(h, product), x)}
		}, "product, copy, relu, mse, mse gradient, relu gradient, copy, weight gradient, + false, + false"},
		{"inner nodes as roots", func(p *program) G.Nodes {
			x, w := p.input(p.rows, 5), p.weight(5, 5)
			product := G.Must(G.Mul(x, w))
			a := G.Must(G.BroadcastAdd(product, p.weight(5), nil, []byte{0}))
			d := G.Must(G.Sub(relu(a), x))
			return G.Nodes{G.Must(G.Mean(square(d))), d, a, product}
		}, "product, copy, relu, relu gradient, copy, weight gradient, copy, copy, copy, copy, + false"},
		{"leaves as roots", func(p *program) G.Nodes {
			x := p.input(p.rows, 5)
			return G.Nodes{mse(p.linear(x, 5), x), x, p.weights[0]}
		}, "linear, mse, mse gradient, weight gradient, bias gradient"},
		{"reshaped in place", func(p *program) G.Nodes {
			x := p.input(p.rows, 6)
			h := relu(p.linear(x, 6))
			flat := tanh(G.Must(G.Reshape(h, tensor.Shape{p.rows * 6})))
			return G.Nodes{G.Must(G.Add(mse(h, x), G.Must(G.Mean(flat)))), h, flat}
		}, "linear and relu, mse, copy, copy, mse gradient, relu gradient, weight gradient, bias gradient, copy, copy, + false, + false"},
		{"the gradient by an input", func(p *program) G.Nodes {
			x := p.weight(p.rows, 5)
			return G.Nodes{mse(p.linear(relu(p.linear(x, 4)), 5), p.input(p.rows, 5))}
		}, "linear and relu, linear, mse, mse gradient, input gradient, weight gradient, bias gradient, relu gradient, input gradient, weight gradient, bias gradient"},
		{"a bias (1, n)", func(p *program) G.Nodes {
			x := p.input(p.rows, 5)
			y := G.Must(G.BroadcastAdd(G.Must(G.Mul(x, p.weight(5, 4))), p.weight(1, 4), nil, []byte{0}))
			return G.Nodes{G.Must(G.Mean(square(relu(y)))), y}
		}, "linear, relu, relu gradient, weight gradient, bias gradient, copy"},
		{"products", func(p *program) G.Nodes {
			x, w, v := p.input(p.rows, 5), p.weight(5, 4), p.weight(p.rows, 4)
			t := G.Must(G.Transpose(w))
			y := G.Must(G.Mul(G.Must(G.Mul(x, w)), t))    // (B, 5)
			z := G.Must(G.Mul(G.Must(G.Transpose(v)), y)) // (4, 5)
			return G.Nodes{G.Must(G.Mean(times(z, t))), y, z}
		}, "transposed, product, product, product, transposed, transposed, input gradient, weight gradient, input gradient, transposed, weight gradient and sum, weight gradient and sum, copy, copy"},
		{"mse, target first", func(p *program) G.Nodes {
			x := p.input(p.rows, 5)
			return G.Nodes{mse(x, p.linear(x, 5))}
		}, "linear, mse, mse gradient, weight gradient, bias gradient"},
		{"mse of two outputs", func(p *program) G.Nodes {
			x := p.input(p.rows, 5)
			return G.Nodes{mse(p.linear(x, 5), p.linear(x, 5))}
		}, "linear, linear, weight gradient, bias gradient, weight gradient, bias gradient, copy"},
		{"mse used twice and scaled", func(p *program) G.Nodes {
			x := p.input(p.rows, 5)
			loss := mse(p.linear(x, 5), x)
			return G.Nodes{add(G.Must(G.Mul(loss, loss)), G.Must(G.Mul(loss, number(0.3)))), loss}
		}, "linear, mse, mse gradient, weight gradient, bias gradient, copy, copy, + false, + false, + false"},
		{"hinge", func(p *program) G.Nodes {
			return G.Nodes{hinge(signs(p.labels()), column(p.linear(p.input(p.rows, 5), 1)), false)}
		}, "linear, hinge, hinge gradient, weight gradient, bias gradient"},
		{"a third of the squared hinge, of y, not of classes", func(p *program) G.Nodes {
			x, y := p.input(p.rows, 5), p.input(p.rows)
			return G.Nodes{G.Must(G.Mul(number(1./3), hinge(y, column(p.linear(x, 1)), true)))}
		}, "linear, squared hinge, squared hinge gradient, weight gradient, bias gradient"},
		{"hinge of scores that are used twice, y second", func(p *program) G.Nodes {
			scores, y := column(p.linear(p.input(p.rows, 5), 1)), p.labels()
			return G.Nodes{add(hinge(scores, signs(y), false), G.Must(G.Mean(square(scores))))}
		}, "linear, copy, relu, relu gradient, copy, weight gradient, bias gradient, copy, + false, + false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, rows := range []int{7, 4} {
				if got := check(t, 1, rows, 2e-6, c.write); got != c.want {
					t.Errorf("%d rows are computed by\n%s, want\n%s", rows, got, c.want)
				}
			}
		})
	}
}
