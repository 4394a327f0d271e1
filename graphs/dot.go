package graphs

import (
	"bytes"
	"fmt"

	G "gorgonia.org/gorgonia"
)

// Dot returns the model's graph in Graphviz's language, with arrows along the
// data: inputs and weights as boxes, operations as ellipses. Gorgonia's own
// ToDot names nodes by their addresses, which differ from run to run.
func (m *Model) Dot() []byte {
	var text, arrows bytes.Buffer
	text.WriteString("strict digraph model {\n")
	for _, n := range m.Graph.AllNodes() {
		label, outline := n.Name(), "box"
		if n.Op() != nil {
			label, outline = n.Op().String(), "ellipse"
		}
		fmt.Fprintf(&text, "\tn%d [label=%q shape=%s];\n", n.ID(), fmt.Sprintf("%s\n%v", label, n.Shape()), outline)
		for from := m.Graph.From(n.ID()); from.Next(); {
			fmt.Fprintf(&arrows, "\tn%d -> n%d;\n", from.Node().(*G.Node).ID(), n.ID())
		}
	}
	fmt.Fprintf(&text, "\n%s}\n", &arrows)
	return text.Bytes()
}
