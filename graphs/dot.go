package graphs

import (
	"fmt"

	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/simple"
	G "gorgonia.org/gorgonia"
)

// Dot returns the model's graph in Graphviz's language, with arrows along the
// data: inputs and weights as boxes, operations as ellipses. Gorgonia's own
// ToDot names nodes by their addresses, which differ from run to run.
func (m *Model) Dot() ([]byte, error) {
	drawn := simple.NewDirectedGraph()
	nodes := make(map[*G.Node]dotNode)
	for i, node := range m.Graph.AllNodes() {
		nodes[node] = dotNode{int64(i), node}
		drawn.AddNode(nodes[node])
	}
	for node, to := range nodes {
		for from := m.Graph.From(node.ID()); from.Next(); {
			drawn.SetEdge(drawn.NewEdge(nodes[from.Node().(*G.Node)], to))
		}
	}
	text, err := dot.Marshal(drawn, "model", "", "\t")
	if err != nil {
		return nil, fmt.Errorf("drawing the graph: %w", err)
	}
	return append(text, '\n'), nil
}

// A dotNode is a node as Graphviz is told of it.
type dotNode struct {
	id   int64
	node *G.Node
}

// ID is the node's place in the graph.
func (n dotNode) ID() int64 { return n.id }

// DOTID is the node's name in the text.
func (n dotNode) DOTID() string { return fmt.Sprintf("n%d", n.id) }

// Attributes are the node's label, its name and shape, and its outline.
func (n dotNode) Attributes() []encoding.Attribute {
	name, outline := n.node.Name(), "box"
	if op := n.node.Op(); op != nil {
		name, outline = op.String(), "ellipse"
	}
	return []encoding.Attribute{
		{Key: "label", Value: fmt.Sprintf("%q", fmt.Sprintf("%s\n%v", name, n.node.Shape()))},
		{Key: "shape", Value: outline},
	}
}
