package ops

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A stack is a problem to compute in several ways: linear layers one on the
// other, the last with a single output, and a hinge loss, squared or not.
type stack struct {
	rows    int
	widths  []int // of the input and of each layer's output
	c       float64
	squared bool

	x          []float32
	classes    []float32   // 0 or 1, of each row
	parameters [][]float32 // weight and bias of each layer in turn
}

// figures are what a stack's computation results in.
type figures struct {
	loss      float64
	gradients [][]float32 // by parameter
}

func newStack(rows int, c float64, widths ...int) stack {
	random := rand.New(rand.NewPCG(1, uint64(rows)))
	s := stack{rows: rows, widths: widths, c: c}
	s.x = normal(random, rows*widths[0], 1)
	for range rows {
		s.classes = append(s.classes, float32(random.IntN(2)))
	}
	for i, out := range widths[1:] {
		in := widths[i]
		scale := 1 / math.Sqrt(float64(in))
		s.parameters = append(s.parameters, normal(random, out*in, scale), normal(random, out, scale))
	}
	return s
}

func normal(random *rand.Rand, n int, scale float64) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(scale * random.NormFloat64())
	}
	return values
}

func dense[T any](values []T, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
}

// margins64 are 1 - y*score of each row, y being -1 for class 0 and +1 for class
// 1, by a plain loop in float64.
func (s stack) margins64(parameters [][]float64) []float64 {
	margins := make([]float64, s.rows)
	for row := range margins {
		var x []float64
		for _, v := range s.x[row*s.widths[0] : (row+1)*s.widths[0]] {
			x = append(x, float64(v))
		}
		for layer, out := range s.widths[1:] {
			w, y := parameters[2*layer], slices.Clone(parameters[2*layer+1])
			for j := range out {
				for i, v := range x {
					y[j] += v * w[j*len(x)+i]
				}
			}
			x = y
		}
		margins[row] = 1 - float64(2*s.classes[row]-1)*x[0]
	}
	return margins
}

func (s stack) loss64(parameters [][]float64) float64 {
	total := 0.0
	for _, margin := range s.margins64(parameters) {
		loss := math.Max(0, margin)
		if s.squared {
			loss *= loss
		}
		total += loss
	}
	return s.c * total / float64(s.rows)
}

// differences are the figures by central differences of the float64 loop. The
// loss is linear in each parameter between its kinks, or quadratic, so they are
// exact but for rounding as long as no margin is near zero.
func (s stack) differences(t *testing.T) figures {
	t.Helper()
	const h = 1e-6
	parameters := make([][]float64, len(s.parameters))
	for p, values := range s.parameters {
		for _, v := range values {
			parameters[p] = append(parameters[p], float64(v))
		}
	}
	for row, margin := range s.margins64(parameters) {
		if math.Abs(margin) < 1e-4 {
			t.Fatalf("row %d is too near the kink for differences: its margin is %v", row, margin)
		}
	}
	f := figures{loss: s.loss64(parameters)}
	for _, values := range parameters {
		gradient := make([]float32, len(values))
		for i, v := range values {
			values[i] = v + h
			above := s.loss64(parameters)
			values[i] = v - h
			below := s.loss64(parameters)
			values[i] = v
			gradient[i] = float32((above - below) / (2 * h))
		}
		f.gradients = append(f.gradients, gradient)
	}
	return f
}

// A program is a stack's graph with a machine to run it on.
type program struct {
	live       *Live
	x, classes *G.Node
	scores     *G.Node
	loss       *G.Node
	learnables G.Nodes
	machine    G.VM
}

// learnable adds the stack's parameters to a graph.
func (s stack) learnable(g *G.ExprGraph) (learnables G.Nodes) {
	for layer, out := range s.widths[1:] {
		in, name := s.widths[layer], strconv.Itoa(layer)
		w, b := slices.Clone(s.parameters[2*layer]), slices.Clone(s.parameters[2*layer+1])
		learnables = append(learnables,
			G.NewMatrix(g, tensor.Float32, G.WithName("w"+name), G.WithShape(out, in), G.WithValue(dense(w, out, in))),
			G.NewVector(g, tensor.Float32, G.WithName("b"+name), G.WithShape(out), G.WithValue(dense(b, out))))
	}
	return learnables
}

// program builds the stack from this package's ops for the given batch.
func (s stack) program(t *testing.T, batch int) *program {
	t.Helper()
	g := G.NewGraph()
	p := &program{live: &Live{batch}}
	p.x = G.NewMatrix(g, tensor.Float32, G.WithName("x"), G.WithShape(batch, s.widths[0]))
	p.classes = G.NewVector(g, tensor.Float32, G.WithName("classes"), G.WithShape(batch))
	p.learnables = s.learnable(g)
	p.scores = p.x
	for layer := range s.widths[1:] {
		p.scores = must(t)(Linear(p.live, p.scores, p.learnables[2*layer], p.learnables[2*layer+1], Identity))
	}
	loss := Hinge
	if s.squared {
		loss = SquaredHinge
	}
	p.loss = must(t)(loss(s.c).Node(p.live, p.scores, p.classes))
	p.differentiate(t, g)
	return p
}

// gorgonia builds the stack from Gorgonia's own ops, for full batches.
func (s stack) gorgonia(t *testing.T) *program {
	t.Helper()
	g := G.NewGraph()
	p := &program{live: new(Live)}
	p.x = G.NewMatrix(g, tensor.Float32, G.WithName("x"), G.WithShape(s.rows, s.widths[0]))
	p.classes = G.NewVector(g, tensor.Float32, G.WithName("classes"), G.WithShape(s.rows))
	p.learnables = s.learnable(g)
	p.scores = p.x
	for layer := range s.widths[1:] {
		w, b := p.learnables[2*layer], p.learnables[2*layer+1]
		product := must(t)(G.Mul(p.scores, must(t)(G.Transpose(w))))
		p.scores = must(t)(G.BroadcastAdd(product, b, nil, []byte{0}))
	}
	ones := G.NewVector(g, tensor.Float32, G.WithName("ones"), G.WithShape(s.rows),
		G.WithValue(dense(slices.Repeat([]float32{1}, s.rows), s.rows)))
	score := must(t)(G.Reshape(p.scores, tensor.Shape{s.rows}))
	y := must(t)(G.Sub(must(t)(G.Add(p.classes, p.classes)), ones)) // -1 or +1
	margin := must(t)(G.Sub(ones, must(t)(G.HadamardProd(y, score))))
	losses := must(t)(G.Rectify(margin))
	if s.squared {
		losses = must(t)(G.Square(losses))
	}
	mean := must(t)(G.Mean(losses))
	p.loss = must(t)(G.Mul(mean, G.NewConstant(float32(s.c), G.WithName("c"))))
	p.differentiate(t, g)
	return p
}

func (p *program) differentiate(t *testing.T, g *G.ExprGraph) {
	t.Helper()
	if _, err := G.Grad(p.loss, p.learnables...); err != nil {
		t.Fatal(err)
	}
	p.machine = G.NewTapeMachine(g)
	t.Cleanup(func() { p.machine.Close() })
}

// feed binds the stack's rows and fills those behind them with NaN, which
// would show in any result they get into.
func (p *program) feed(t *testing.T, s stack) {
	t.Helper()
	p.live.Rows = s.rows
	for node, values := range map[*G.Node][]float32{p.x: s.x, p.classes: s.classes} {
		all := slices.Repeat([]float32{float32(math.NaN())}, node.Shape().TotalSize())
		copy(all, values)
		if err := G.Let(node, dense(all, node.Shape()...)); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs the machine once on the stack's rows, resets it, and only then reads
// the figures.
func (p *program) run(t *testing.T, s stack) figures {
	t.Helper()
	p.feed(t, s)
	err := p.machine.RunAll()
	p.machine.Reset()
	if err != nil {
		t.Fatal(err)
	}
	return p.figures(t)
}

func (p *program) figures(t *testing.T) figures {
	t.Helper()
	f := figures{loss: float64(*p.loss.Value().(*G.F32))}
	for _, node := range p.learnables {
		gradient, err := node.Grad()
		if err != nil {
			t.Fatal(err)
		}
		if gradient.Shape().TotalSize() != node.Shape().TotalSize() {
			t.Fatalf("the gradient of %s has the shape %v, not %v", node.Name(), gradient.Shape(), node.Shape())
		}
		f.gradients = append(f.gradients, slices.Clone(gradient.Data().([]float32)))
	}
	return f
}

// compare reports what is further from want than 1e-5 of it: losses, and
// gradients by the largest of their parameter, since one near zero is a
// difference of sums as large as the others'.
func compare(t *testing.T, got, want figures) {
	t.Helper()
	if !(math.Abs(got.loss-want.loss) <= 1e-5*math.Abs(want.loss)) {
		t.Errorf("the loss is %v, want %v", got.loss, want.loss)
	}
	for p, wants := range want.gradients {
		largest := 0.0
		for _, v := range wants {
			largest = max(largest, math.Abs(float64(v)))
		}
		if largest == 0 {
			t.Errorf("parameter %d has no gradient to compare with", p)
		}
		for i, v := range got.gradients[p] {
			if !(math.Abs(float64(v)-float64(wants[i])) <= 1e-5*largest) {
				t.Fatalf("parameter %d: gradient %d is %v, want %v", p, i, v, wants[i])
			}
		}
	}
}

// sameBits reports any difference at all.
func sameBits(t *testing.T, got, want figures) {
	t.Helper()
	if math.Float64bits(got.loss) != math.Float64bits(want.loss) {
		t.Errorf("the loss is %v, want the bits of %v", got.loss, want.loss)
	}
	for p, wants := range want.gradients {
		for i, v := range got.gradients[p] {
			if math.Float32bits(v) != math.Float32bits(wants[i]) {
				t.Fatalf("parameter %d: gradient %d is %v, want the bits of %v", p, i, v, wants[i])
			}
		}
	}
}

func must(t *testing.T) func(*G.Node, error) *G.Node {
	return func(node *G.Node, err error) *G.Node {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return node
	}
}
