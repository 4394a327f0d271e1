package ops

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

var _ G.SDOp = (*kernel)(nil) // what G.Grad asks of an op

// input adds an input of the given shape to a graph.
func input(g *G.ExprGraph, name string, shape ...int) *G.Node {
	return G.NewTensor(g, tensor.Float32, len(shape), G.WithName(name), G.WithShape(shape...))
}

// ones binds a tensor of ones to an input.
func ones(t *testing.T, node *G.Node) *tensor.Dense {
	t.Helper()
	value := tensor.Ones(tensor.Float32, node.Shape()...)
	if err := G.Let(node, value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestLinearErrors(t *testing.T) {
	const want = "linear: x %, W % and b % do not fit: want (B, in), (out, in) and (out)"
	for _, c := range []struct{ x, w, b []int }{
		{[]int{4, 3}, []int{2, 5}, []int{2}},       // another number of inputs
		{[]int{4, 3}, []int{3, 2}, []int{2}},       // W the wrong way round
		{[]int{4, 3}, []int{2, 3}, []int{3}},       // a bias for each input
		{[]int{3}, []int{2, 3}, []int{2}},          // no batch
		{[]int{4, 3}, []int{3}, []int{1}},          // W a vector
		{[]int{4, 3}, []int{2, 3}, []int{2, 1}},    // b a matrix
		{[]int{4, 1, 3}, []int{2, 3}, []int{2}},    // an axis too many
		{[]int{4, 3}, []int{2, 3, 1}, []int{2}},    // an axis too many
		{[]int{4, 3}, []int{2, 3}, []int{2, 1, 1}}, // an axis too many
	} {
		g := G.NewGraph()
		_, err := Linear(&Live{4}, input(g, "x", c.x...), input(g, "w", c.w...), input(g, "b", c.b...), Identity)
		wantError(t, err, want, c.x, c.w, c.b)
	}
}

func TestHingeErrors(t *testing.T) {
	const want = "hinge: scores % and labels % do not fit: want (B, 1) and (B)"
	for _, c := range []struct{ score, target []int }{
		{[]int{4, 2}, []int{4}},
		{[]int{4, 1}, []int{5}},
		{[]int{4, 1}, []int{4, 1}},
		{[]int{4}, []int{4}},
		{[]int{1, 4}, []int{4}},
		{[]int{4, 1, 1}, []int{4}},
	} {
		g := G.NewGraph()
		_, err := Hinge(1).Node(&Live{4}, input(g, "score", c.score...), input(g, "target", c.target...))
		wantError(t, err, want, c.score, c.target)
	}
}

// wantError wants the text with the shapes in place of its percent signs.
func wantError(t *testing.T, err error, text string, shapes ...tensor.Shape) {
	t.Helper()
	for _, shape := range shapes {
		text = strings.Replace(text, "%", fmt.Sprint(shape), 1)
	}
	if err == nil || err.Error() != text {
		t.Errorf("the error is %v, want %q", err, text)
	}
}

// TestNotMerged proves that ops of one name on the same inputs stay apart, as
// those of other constants or live rows have to.
func TestNotMerged(t *testing.T) {
	g := G.NewGraph()
	score, target := input(g, "score", 4, 1), input(g, "target", 4)
	live, two := &Live{4}, &Live{2}
	losses := []struct {
		node *G.Node
		want G.F32
	}{
		{must(t)(Hinge(1).Node(live, score, target)), 0.875},
		{must(t)(Hinge(2).Node(live, score, target)), 1.75},
		{must(t)(Hinge(1).Node(live, score, target)), 0.875},
		{must(t)(Hinge(1).Node(two, score, target)), 0.25},
	}
	linears := make([]*G.Node, 2)
	w, b := input(g, "w", 3, 1), input(g, "b", 3)
	for i := range linears {
		linears[i] = must(t)(Linear(live, score, w, b, Identity))
	}
	ones(t, w)
	ones(t, b)
	for node, value := range map[*G.Node]*tensor.Dense{
		score: dense([]float32{0.5, 2, -1, 0}, 4, 1), target: dense([]float32{1, 1, 1, 1}, 4),
	} {
		if err := G.Let(node, value); err != nil {
			t.Fatal(err)
		}
	}
	runAll(t, g)
	for i, loss := range losses {
		if got := *loss.node.Value().(*G.F32); got != loss.want {
			t.Errorf("loss %d is %v, want %v", i, got, loss.want)
		}
		for j := range i {
			if loss.node == losses[j].node || loss.node.Value() == losses[j].node.Value() {
				t.Errorf("losses %d and %d were merged", j, i)
			}
		}
	}
	if linears[0] == linears[1] || linears[0].Value() == linears[1].Value() {
		t.Error("two linear layers on the same nodes were merged")
	}
}

// TestDifferentiability proves that no gradient is computed by the graph's own
// inputs: for images it would cost as much as all the rest.
func TestDifferentiability(t *testing.T) {
	g := G.NewGraph()
	x, w, b := input(g, "x", 4, 3), input(g, "w", 3, 3), input(g, "b", 3)
	first := must(t)(Linear(&Live{4}, x, w, b, Identity))
	second := must(t)(Linear(&Live{4}, first, w, b, Identity))
	for node, want := range map[*G.Node]bool{first: false, second: true} {
		got := node.Op().(*kernel).DiffWRT(3)
		if got[0] != want || !got[1] || !got[2] {
			t.Errorf("%v is differentiable by %v, want [%v true true]", node, got, want)
		}
	}
	gradient := must(t)(linearInputGradient(&Live{4}, second, w)).Op().(*kernel)
	for i, by := range gradient.DiffWRT(2) {
		if by {
			t.Errorf("a gradient is differentiable by input %d", i)
		}
	}
	_, err := gradient.SymDiff(nil, nil, nil)
	if want := "linear input gradient: has no second derivative"; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}

// TestOp pins what the machine and the compiler ask of an op.
func TestOp(t *testing.T) {
	g := G.NewGraph()
	op := must(t)(Linear(&Live{4}, input(g, "x", 4, 3), input(g, "w", 2, 3), input(g, "b", 2), Identity)).Op().(*kernel)
	if op.Arity() != 3 || op.String() != "linear" {
		t.Errorf("the op is %q with %d inputs", op, op.Arity())
	}
	if !op.ReturnsPtr() || op.CallsExtern() || op.OverwritesInput() != -1 {
		t.Error("the op does not own its output")
	}
	if a, b := op.Type(), op.Type(); a == b || !a.Eq(b) {
		t.Error("Type must make a new equal type on each call, since Gorgonia recycles it")
	}
	shape, err := op.InferShape()
	if err != nil || !shape.Eq(tensor.Shape{4, 2}) {
		t.Errorf("the shape is %v, %v", shape, err)
	}
	shape[0] = 9
	if again, _ := op.InferShape(); again[0] != 4 {
		t.Error("InferShape hands out the op's own shape")
	}
}

func TestDoErrors(t *testing.T) {
	g := G.NewGraph()
	op := must(t)(Hinge(1).Node(&Live{2}, input(g, "score", 2, 1), input(g, "target", 2))).Op()
	score, target := dense([]float32{1, 2}, 2, 1), dense([]float32{1, 1}, 2)
	for _, c := range []struct {
		name   string
		inputs []G.Value
		want   string
	}{
		{"too few", []G.Value{score}, "hinge: got 1 inputs, takes 2"},
		{"shape", []G.Value{dense([]float32{1, 2, 3}, 3, 1), target}, "hinge: input 0 has the shape (3, 1), not (2, 1)"},
		{"dtype", []G.Value{score, dense([]float64{1, 1}, 2)}, "hinge: input 1 is float64, not float32"},
		{"scalar", []G.Value{score, G.NewF32(1)}, "hinge: input 1 has the shape (), not (2)"},
		{"nil", []G.Value{score, nil}, "hinge: runtime error: invalid memory address or nil pointer dereference"},
	} {
		t.Run(c.name, func(t *testing.T) {
			value, err := op.Do(c.inputs...)
			if err == nil || err.Error() != c.want {
				t.Errorf("the result is %v, %v, want the error %q", value, err, c.want)
			}
		})
	}
}

// TestOrder proves that an input whose elements do not lie in its shape's order
// is never taken for one where they do: a transposed tensor of Gorgonia is the
// old elements under a new shape, and a column of one skips elements.
func TestOrder(t *testing.T) {
	transposed := dense([]float32{1, 2, 3, 4}, 2, 2)
	if err := transposed.T(); err != nil {
		t.Fatal(err)
	}
	columnMajor := tensor.New(tensor.WithShape(2, 2), tensor.AsFortran([]float32{1, 2, 3, 4}))
	columns, err := dense([]float32{1, 2, 3, 4, 5, 6}, 2, 3).Slice(nil, G.S(0, 2))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]G.Value{"transposed": transposed, "column-major": columnMajor, "columns": columns} {
		t.Run(name, func(t *testing.T) {
			g := G.NewGraph()
			x, w, b := input(g, "x", 2, 2), input(g, "w", 2, 2), input(g, "b", 2)
			y := must(t)(Linear(&Live{2}, x, w, b, Identity))
			ones(t, x)
			ones(t, b)
			if err := G.Let(w, value); err != nil {
				t.Fatal(err)
			}
			machine := G.NewTapeMachine(g)
			defer machine.Close()
			const want = "linear: input 1 is transposed or cut out of a larger tensor"
			if err := machine.RunAll(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the result is %v, %v, want the error %q", y.Value(), err, want)
			}
		})
	}
}

// TestRows proves that whole rows of a larger tensor, which do lie in order,
// are as good as a tensor of their own.
func TestRows(t *testing.T) {
	rows, err := dense([]float32{9, 9, 1, 2, 3, 4}, 3, 2).Slice(G.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	got, err := elements(rows.(*tensor.Dense))
	if want := []float32{1, 2, 3, 4}; err != nil || !slices.Equal(got, want) {
		t.Errorf("the elements are %v, %v, want %v", got, err, want)
	}
}

// TestTransposeNode proves that a weight transposed by Gorgonia's own op, as a
// tied decoder would have it, is computed with as transposed.
func TestTransposeNode(t *testing.T) {
	g := G.NewGraph()
	x, w, b := input(g, "x", 1, 2), input(g, "w", 2, 3), input(g, "b", 3)
	y := must(t)(Linear(&Live{1}, x, must(t)(G.Transpose(w)), b, Identity))
	ones(t, b)
	for node, value := range map[*G.Node]*tensor.Dense{
		x: dense([]float32{1, 10}, 1, 2), w: dense([]float32{1, 2, 3, 4, 5, 6}, 2, 3),
	} {
		if err := G.Let(node, value); err != nil {
			t.Fatal(err)
		}
	}
	runAll(t, g)
	for i, got := range y.Value().Data().([]float32) {
		if want := []float32{42, 53, 64}[i]; got != want {
			t.Errorf("element %d is %v, want %v", i, got, want)
		}
	}
}

// runAll runs a graph once.
func runAll(t *testing.T, g *G.ExprGraph) {
	t.Helper()
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		t.Fatal(err)
	}
}

// TestRunErrors proves that what goes wrong inside an op is an error of RunAll
// and not the end of the process, and that the machine runs again afterwards.
func TestRunErrors(t *testing.T) {
	for _, c := range []struct {
		name        string
		spoil, mend func(p *program, x, y *tensor.Dense)
		want        string
	}{
		{"wrong shape",
			func(_ *program, x, _ *tensor.Dense) { reshape(t, x, 3, 4) },
			func(_ *program, x, _ *tensor.Dense) { reshape(t, x, 4, 3) },
			"linear: input 0 has the shape (3, 4), not (4, 3)"},
		{"wrong dtype",
			func(p *program, _, _ *tensor.Dense) {
				p.scores.Op().(*kernel).output = tensor.New(tensor.WithShape(4, 1), tensor.Of(tensor.Float64))
			},
			nil,
			"hinge: input 0 is float64, not float32"},
		{"panic",
			func(p *program, _, _ *tensor.Dense) {
				op := p.scores.Op().(*kernel)
				compute := op.compute
				op.compute = func([][]float32) { op.compute = compute; panic("spoilt") }
			},
			func(*program, *tensor.Dense, *tensor.Dense) {},
			"linear: spoilt"},
		{"too many rows",
			func(p *program, _, _ *tensor.Dense) { p.live.Rows = 5 },
			func(p *program, _, _ *tensor.Dense) { p.live.Rows = 4 },
			"linear: runtime error: slice bounds out of range"},
		{"fewer rows than none",
			func(p *program, _, _ *tensor.Dense) { p.live.Rows = -1 },
			func(p *program, _, _ *tensor.Dense) { p.live.Rows = 4 },
			"linear: runtime error: slice bounds out of range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStack(4, 1, 3, 1)
			p := s.program(t, 4)
			want := p.run(t, s)
			x, y := p.x.Value().(*tensor.Dense), p.classes.Value().(*tensor.Dense)

			c.spoil(p, x, y)
			err := p.machine.RunAll()
			p.machine.Reset()
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("the error is %v, want one with %q", err, c.want)
			}
			if c.mend == nil {
				return
			}
			c.mend(p, x, y)
			err = p.machine.RunAll()
			p.machine.Reset()
			if err != nil {
				t.Fatalf("after the error: %v", err)
			}
			sameBits(t, p.figures(t), want)
		})
	}
}

func reshape(t *testing.T, value *tensor.Dense, shape ...int) {
	t.Helper()
	if err := value.Reshape(shape...); err != nil {
		t.Fatal(err)
	}
}

// TestNotANumber proves that a NaN in a live row reaches the loss, which is how
// training notices that it has failed.
func TestNotANumber(t *testing.T) {
	s := newStack(4, 1, 3, 2, 1)
	s.x[4] = float32(math.NaN())
	if f := s.program(t, 16).run(t, s); !math.IsNaN(f.loss) {
		t.Errorf("the loss is %v, want NaN", f.loss)
	}
}
