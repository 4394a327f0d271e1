package graphs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/simple"
)

// forward is the linear SVM's graph before it is differentiated.
const forward = `strict digraph model {
	// Node definitions.
	n0 [
		label="images\n(64, 3072)"
		shape=box
	];
	n1 [
		label="fc.weight\n(1, 3072)"
		shape=box
	];
	n2 [
		label="fc.bias\n(1)"
		shape=box
	];
	n3 [
		label="linear\n(64, 1)"
		shape=ellipse
	];
	n4 [
		label="labels\n(64)"
		shape=box
	];
	n5 [
		label="hinge\n()"
		shape=ellipse
	];

	// Edge definitions.
	n0 -> n3;
	n1 -> n3;
	n2 -> n3;
	n3 -> n5;
	n4 -> n5;
}
`

func TestDot(t *testing.T) {
	if difference := cmp.Diff(forward, drawing(t, false)); difference != "" {
		t.Errorf("the drawing differs (-want +got):\n%s", difference)
	}
}

// TestDotStable draws graphs that were built anew, which lie elsewhere in memory.
func TestDotStable(t *testing.T) {
	for _, train := range []bool{false, true} {
		first := drawing(t, train)
		for range 10 {
			if difference := cmp.Diff(first, drawing(t, train)); difference != "" {
				t.Fatalf("two drawings of one model differ:\n%s", difference)
			}
		}
	}
}

// TestDotParses reads the drawing with gradients back and looks for the nodes
// and the arrows that a reader of it wants to see.
func TestDotParses(t *testing.T) {
	read := parsed{simple.NewDirectedGraph()}
	if err := dot.Unmarshal([]byte(drawing(t, true)), read); err != nil {
		t.Fatal(err)
	}
	byLabel := make(map[string]*parsedNode)
	for nodes := read.Nodes(); nodes.Next(); {
		node := nodes.Node().(*parsedNode)
		byLabel[node.label] = node
	}
	for _, arrow := range []struct{ from, to string }{
		{"images\n(64, 3072)", "linear\n(64, 1)"},
		{"linear\n(64, 1)", "hinge\n()"},
		{"labels\n(64)", "hinge\n()"},
		{"hinge\n()", "hinge gradient\n(64, 1)"},
		{"hinge gradient\n(64, 1)", "linear weight gradient\n(1, 3072)"},
		{"images\n(64, 3072)", "linear weight gradient\n(1, 3072)"},
		{"hinge gradient\n(64, 1)", "bias gradient\n(1)"},
	} {
		from, to := byLabel[arrow.from], byLabel[arrow.to]
		if from == nil || to == nil {
			t.Errorf("there is no node %q or %q", arrow.from, arrow.to)
		} else if !read.HasEdgeFromTo(from.ID(), to.ID()) {
			t.Errorf("no arrow goes from %q to %q", arrow.from, arrow.to)
		}
	}
}

func drawing(t *testing.T, train bool) string {
	t.Helper()
	model, err := newSVM(t, "torch", 1).Build(newSVM(t, "torch", 1).Initialize(streams(1)), 64)
	if err != nil {
		t.Fatal(err)
	}
	if train {
		if err := model.Differentiate(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := model.Dot()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A parsed graph is what a drawing reads back as.
type parsed struct {
	*simple.DirectedGraph
}

func (p parsed) NewNode() graph.Node { return &parsedNode{Node: p.DirectedGraph.NewNode()} }

// A parsedNode keeps the label it was drawn with.
type parsedNode struct {
	graph.Node
	label string
}

func (n *parsedNode) SetAttribute(a encoding.Attribute) error {
	if a.Key == "label" {
		n.label = a.Value
	}
	return nil
}
