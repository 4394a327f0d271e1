package exports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	G "gorgonia.org/gorgonia"

	"cifartrain/fuse"
)

// operators are ONNX's operators by the names of Gorgonia's operations, element by
// element and of matrices. Both broadcast alike.
var operators = map[string]string{
	"A × B": "MatMul", "Aᵀ{1, 0}": "Transpose",
	"+ false": "Add", "- false": "Sub", "⊙ false": "Mul", "÷ false": "Div", "^ false": "Pow",
	"abs": "Abs", "exp": "Exp", "ln": "Log", "neg": "Neg", "sqrt": "Sqrt", "inv": "Reciprocal",
	"sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus",
	"elu": "Elu", "leaky relu": "LeakyRelu", "batch norm": "BatchNormalization", // with ONNX's own defaults
	">= true": "GreaterOrEqual", "> true": "Greater", "<= true": "LessOrEqual", "< true": "Less",
}

// write adds the steps that compute a node, unless they are there, and returns the
// name of its value.
func (f *formula) write(n *G.Node) (name string, err error) {
	if name, there := f.names[n]; there {
		return name, nil
	}
	if n.Op() != nil {
		name, err = f.writeOperation(n)
	} else if weight := f.weights[n.Name()]; weight == nil {
		err = fmt.Errorf("there is no weight %q", n.Name())
	} else {
		name = n.Name()
		f.know(name, weight.Shape(), weight.Float32s())
	}
	f.names[n] = name
	return name, err
}

func (f *formula) writeOperation(n *G.Node) (string, error) {
	operation := n.Op().String()
	if affine, ok := fuse.AffineOf(n); ok && affine.Bias != nil {
		return f.writeAffine(affine)
	}
	if x, ok := fuse.ReLUOf(n); ok {
		return f.apply("Relu", x)
	}
	if number, ok := strings.CutPrefix(operation, "const "); ok {
		value, err := strconv.ParseFloat(number, 32)
		f.know(operation, nil, []float32{float32(value)})
		return operation, err
	}
	var operands []*G.Node
	for from := n.Graph().From(n.ID()); from.Next(); {
		operands = append(operands, from.Node().(*G.Node))
	}
	switch operator := operators[operation]; {
	case operation == "square":
		return f.apply("Mul", operands[0], operands[0])
	case operation == "gelu":
		return f.writeGELU(operands[0])
	case strings.HasPrefix(operation, "Repeat"):
		return f.write(operands[0]) // ONNX's operators repeat it themselves
	case operator == "":
		return "", fmt.Errorf("the operation %q has no counterpart here", operation)
	case strings.HasSuffix(operation, "true"): // a comparison whose result is a number
		name, err := f.apply(operator, operands...)
		f.value = name
		f.then("Cast", name+".number").attribute = "to"
		return f.value, err
	default:
		return f.apply(operator, operands...)
	}
}

// writeAffine adds a Gemm: x W + b, or x W^T + b with transB. It is named after the
// layer.
func (f *formula) writeAffine(a fuse.Affine) (string, error) {
	if _, err := f.apply("Gemm", a.X, a.Weight, a.Bias); err != nil {
		return "", err
	}
	gemm := &f.steps[len(f.steps)-1]
	if a.Transposed {
		gemm.attribute = "transB"
	}
	if a.Bias.Op() == nil {
		gemm.output = strings.TrimSuffix(strings.TrimSuffix(a.Bias.Name(), ".bias"), "_bias")
	}
	return gemm.output, nil
}

// writeGELU adds x/2 * (1 + erf(x/sqrt(2))), because ONNX has no GELU before opset 20.
func (f *formula) writeGELU(node *G.Node) (string, error) {
	x, err := f.write(node)
	f.know("sqrt2", nil, []float32{math.Sqrt2})
	f.know("one", nil, []float32{1})
	f.know("half", nil, []float32{0.5})
	name := fmt.Sprintf("gelu.%d", len(f.steps))
	f.value = x
	f.then("Div", name+".scaled", "sqrt2")
	f.then("Erf", name+".erf")
	f.then("Add", name+".share", "one")
	f.then("Mul", name+".whole", x)
	f.then("Mul", name, "half")
	return name, err
}

func (f *formula) apply(operator string, operands ...*G.Node) (string, error) {
	inputs := make([]string, len(operands))
	for i, operand := range operands {
		var err error
		if inputs[i], err = f.write(operand); err != nil {
			return "", err
		}
	}
	name := fmt.Sprintf("%s.%d", strings.ToLower(operator), len(f.steps))
	f.steps = append(f.steps, step{operator: operator, inputs: inputs, output: name})
	return name, nil
}
