package exports_test

import (
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs"
	"cifartrain/internal/exports"
	"cifartrain/metrics"
)

// residual is a classifier with two linear layers of eight units and a formula of
// their weights w and biases b.
func residual(t *testing.T, formula func(x *G.Node, w, b G.Nodes) *G.Node) trained {
	t.Helper()
	kind := graphs.Kind{Name: "residual", Task: metrics.Classify, Losses: []string{"any"}, New: func(spec graphs.Spec) *graphs.Architecture {
		return &graphs.Architecture{
			Parameters: append(graphs.LinearParameters("first", spec.Inputs, 8), graphs.LinearParameters("second", 8, 8)...),
			Formula: func(x *G.Node, p G.Nodes, _ graphs.Hidden) (scores, code *G.Node) {
				return formula(x, G.Nodes{p[0], p[2]}, G.Nodes{p[1], p[3]}), nil
			},
			Loss: func(scores, labels *G.Node) *G.Node { return G.Must(G.Mean(G.Must(G.Sum(scores, 1)))) },
		}
	}}
	return begun(t, []graphs.Kind{kind}, kind.Name, graphs.Spec{Inputs: 3072, Classes: 8, Init: "torch"})
}

func linear(x, w, b *G.Node) *G.Node {
	return G.Must(G.BroadcastAdd(G.Must(G.Mul(x, G.Must(G.Transpose(w)))), b, nil, []byte{0}))
}

// TestONNXOperations exports formulas that are no chain of layers with ReLUs: each
// operation of the graph is one of ONNX's, and what has no counterpart is refused
// by its name.
func TestONNXOperations(t *testing.T) {
	for _, c := range []struct {
		name    string
		formula func(x *G.Node, w, b G.Nodes) *G.Node
		want    string // the operators, or the error
	}{
		{"tanh and a skip", func(x *G.Node, w, b G.Nodes) *G.Node {
			h := G.Must(G.Tanh(linear(x, w[0], b[0])))
			return G.Must(G.Add(h, linear(h, w[1], b[1])))
		}, "Flatten Gemm Tanh Gemm Add"},
		{"leaky relu and sigmoid", func(x *G.Node, w, b G.Nodes) *G.Node {
			h := G.Must(G.LeakyRelu(linear(x, w[0], b[0]), 0.1))
			return G.Must(G.Sigmoid(linear(h, w[1], b[1])))
		}, "Flatten Gemm Relu Less Cast Mul Mul Add Gemm Sigmoid"},
		{"a product without a bias", func(x *G.Node, w, b G.Nodes) *G.Node {
			return G.Must(G.Mul(G.Must(G.Square(linear(x, w[0], b[0]))), w[1]))
		}, "Flatten Gemm Mul MatMul"},
		{"cube", func(x *G.Node, w, b G.Nodes) *G.Node {
			return G.Must(G.Cube(linear(x, w[0], b[0])))
		}, `writing the model as ONNX: the operation "cube" has no counterpart here`},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := residual(t, c.formula)
			file, err := exports.ONNX(model.Model)
			if err != nil {
				if err.Error() != c.want {
					t.Errorf("the error is %q, want %q", err, c.want)
				}
				return
			}
			var operators []string
			for _, node := range decode(t, file).graph[1] {
				operators = append(operators, read(t, node.bytes).text(4))
			}
			if want := strings.Fields(c.want); !slices.Equal(operators, want) {
				t.Errorf("the operators are %v, want %v", operators, want)
			}
			want, _ := model.outputs(t)
			checkWithONNXRuntime(t, model, file, want, nil)
			if _, err := exports.Fold(exports.Model{Graph: model.Graph, MeanImage: make([]float32, 3072)}); err == nil || !strings.Contains(err.Error(), "not a chain") {
				t.Errorf("folding gives %v", err)
			}
		})
	}
}
