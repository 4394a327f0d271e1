package graphs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/simple"
)

// TestDotStable draws graphs that were built anew, which lie elsewhere in memory.
func TestDotStable(t *testing.T) {
	first := drawing()
	for range 10 {
		if difference := cmp.Diff(first, drawing()); difference != "" {
			t.Fatalf("two drawings of one model differ:\n%s", difference)
		}
	}
}

// TestDotParses reads the drawing back and looks for the nodes
// and the arrows that a reader of it wants to see.
func TestDotParses(t *testing.T) {
	read := parsed{simple.NewDirectedGraph()}
	if err := dot.Unmarshal([]byte(drawing()), read); err != nil {
		t.Fatal(err)
	}
	byLabel := make(map[string]*parsedNode)
	for nodes := read.Nodes(); nodes.Next(); {
		node := nodes.Node().(*parsedNode)
		byLabel[node.label] = node
	}
	for _, arrow := range []struct{ from, to string }{
		{"fc.weight\n(1, 3072)", "Aᵀ{1, 0}\n(3072, 1)"},
		{"Aᵀ{1, 0}\n(3072, 1)", "A × B\n(64, 1)"},
		{"images\n(64, 3072)", "A × B\n(64, 1)"},
		{"A × B\n(64, 1)", "+ false\n(64, 1)"},
		{"+ false\n(64, 1)", "Reshape(64)\n(64)"},
	} {
		from, to := byLabel[arrow.from], byLabel[arrow.to]
		if from == nil || to == nil {
			t.Errorf("there is no node %q or %q", arrow.from, arrow.to)
		} else if !read.HasEdgeFromTo(from.ID(), to.ID()) {
			t.Errorf("no arrow goes from %q to %q", arrow.from, arrow.to)
		}
	}
}

func drawing() string {
	return string(must(newSVM().Build(newSVM().Initialize(streams(1)), 64)).Dot())
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
