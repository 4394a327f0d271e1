package training

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

// tiny builds an autoencoder whose gradients take as many instructions as the
// shipped one's, with the images it is fed.
func tiny(t *testing.T) (*graphs.Model, *tensor.Dense) {
	t.Helper()
	architecture, err := graphs.New(graphs.Kinds, "tied_autoencoder", graphs.Spec{Inputs: 3072, Classes: 2, Init: "torch", Hidden: []int{8}, Latent: 4})
	if err != nil {
		t.Fatal(err)
	}
	random := func(purpose string) *rand.Rand { return rand.New(rand.NewPCG(uint64(len(purpose)), 1)) }
	model, err := architecture.Build(architecture.Initialize(random), 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Fuse(true); err != nil {
		t.Fatal(err)
	}
	images := tensor.New(tensor.WithShape(3, 3072), tensor.Of(tensor.Float32))
	for i := range images.Float32s() {
		images.Float32s()[i] = float32(i%7) / 7
	}
	return model, images
}

// TestTapeMachineRunsDirectly fails when Gorgonia no longer holds a program's
// instructions where runDirectly looks for them: every step then pays for two
// changes of thread again.
func TestTapeMachineRunsDirectly(t *testing.T) {
	model, _ := tiny(t)
	machine := G.NewTapeMachine(model.Graph)
	if _, direct := runDirectly(machine.Run, machine.Prog()); !direct {
		t.Fatal("Gorgonia's TapeMachine has changed: it runs by RunAll, which makes a step of the SVM three times as slow; mend runDirectly")
	}
}

// TestTapeMachineAgainstRunAll compares every value of a graph, gradients
// included, after several runs of each kind.
func TestTapeMachineAgainstRunAll(t *testing.T) {
	values := func(newMachine func(*graphs.Model) (G.VM, func() error)) (all [][]float32) {
		model, images := tiny(t)
		vm, run := newMachine(model)
		for range 3 {
			if err := model.Feed(images, nil); err != nil {
				t.Fatal(err)
			}
			if err := run(); err != nil {
				t.Fatal(err)
			}
			vm.Reset()
			for _, n := range model.Graph.AllNodes() {
				switch v := n.Value().(type) {
				case *tensor.Dense:
					all = append(all, slices.Clone(v.Float32s()))
				case *G.F32:
					all = append(all, []float32{float32(*v)})
				default:
					t.Fatalf("%v holds a %T", n, v)
				}
			}
		}
		return all
	}
	want := values(func(m *graphs.Model) (G.VM, func() error) {
		vm := G.NewTapeMachine(m.Graph)
		return vm, vm.RunAll
	})
	got := values(func(m *graphs.Model) (G.VM, func() error) { return newTapeMachine(m.Graph) })
	if !slices.EqualFunc(got, want, slices.Equal[[]float32]) {
		t.Error("running the instructions directly leaves other values in the graph than RunAll")
	}
}

// TestTapeMachineErrors wants the op's own words from both ways to run, and a
// machine that runs again after an error.
func TestTapeMachineErrors(t *testing.T) {
	for _, direct := range []bool{true, false} {
		model, images := tiny(t)
		m := newMachine(model)
		if !direct {
			m.all = m.vm.RunAll
		}
		if err := G.Let(model.Input, tensor.CSRFromCoord(tensor.Shape{3, 3072}, []int{0}, []int{0}, []float32{1})); err != nil {
			t.Fatal(err)
		}
		const want = "running the graph: linear and relu: input 0 is a *tensor.CS, not a float32 tensor"
		if err := m.execute(); err == nil || err.Error() != want {
			t.Errorf("direct %v: the error is %q, want %q", direct, err, want)
		}
		if err := cmp.Or(model.Feed(images, nil), m.execute()); err != nil || !(model.LossValue() > 0) {
			t.Errorf("direct %v: after an error the next batch gives %v and the loss %v", direct, err, model.LossValue())
		}
	}
}

// TestRunDirectlyOfAnotherGorgonia goes through programs that differ from what
// runDirectly knows.
func TestRunDirectlyOfAnotherGorgonia(t *testing.T) {
	run := func([]int) error { return nil }
	for name, program := range map[string]any{
		"no field":     &struct{ code []int }{},
		"another type": &struct{ instructions []string }{},
		"no pointer":   struct{ instructions []int }{},
		"no struct":    new(int),
		"nothing":      nil,
	} {
		if _, ok := runDirectly(run, program); ok {
			t.Errorf("%s: the program is run directly", name)
		}
	}
	ran := []int(nil)
	all, ok := runDirectly(func(all []int) error { ran = all; return nil }, &struct{ instructions []int }{[]int{1, 2}})
	if !ok || all() != nil || !slices.Equal(ran, []int{1, 2}) {
		t.Errorf("a program that fits ran as %v, ok %v", ran, ok)
	}
}
