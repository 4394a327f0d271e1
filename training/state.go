package training

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/metrics"
	"cifartrain/solvers"
)

// A State is a run between two steps: all it needs to go on as if it had never
// stopped. Random streams are not part of it, because they depend only on the
// seed and the epoch. The tags are those of a checkpoint's header, which holds the
// history and the tensors in other forms.
type State struct {
	History metrics.History `json:"-"`       // the finished epochs
	Partial metrics.Partial `json:"partial"` // the epoch after them
	// Tensors holds groups of tensors with the names and shapes of the model's
	// weights: "weights", "best", "average" if the run has one, and "solver."
	// followed by a name for each part of the solver's state.
	Tensors map[string]map[string]*tensor.Dense `json:"-"`
	Scalars map[string]float64                  `json:"scalars"` // "solver.steps"
}

// Weights returns the weights in training, by name.
func (s *State) Weights() map[string]*tensor.Dense { return s.Tensors[weightsGroup] }

// Best returns the weights with the lowest validation loss so far, by name.
func (s *State) Best() map[string]*tensor.Dense { return s.Tensors[bestGroup] }

// The names in a State.
const (
	weightsGroup = "weights"
	bestGroup    = "best"
	averageGroup = "average"
	solverPrefix = "solver."
	solverSteps  = solverPrefix + "steps"
)

// A position is where a run is.
type position struct {
	Result
	partial metrics.Partial // the current epoch
	began   time.Time       // the start of the current epoch, moved forward by pauses
	saved   time.Time       // when the state was saved last
}

// save hands over the state, unless a weight has overflowed: in that case the
// next step ends the run, and the state saved before is worth more.
func (l *Loop) save() error {
	if l.SaveState == nil || !l.Weights.Finite() {
		return nil
	}
	l.at.partial.Seconds = time.Since(l.at.began).Seconds()
	err := l.SaveState(l.state())
	l.at.saved = time.Now()
	return err
}

// state returns the run's state. It shares the values of weights and solver.
func (l *Loop) state() *State {
	solver := l.Solver.State()
	state := &State{
		History: l.at.History, Partial: l.at.partial,
		Tensors: map[string]map[string]*tensor.Dense{weightsGroup: l.Weights.ByName(), bestGroup: l.at.Best.ByName()},
		Scalars: map[string]float64{solverSteps: float64(solver.Steps)},
	}
	if l.Average != nil {
		state.Tensors[averageGroup] = l.Average.Weights.ByName()
	}
	for name, values := range solver.Tensors {
		group := make(map[string]*tensor.Dense, len(values))
		for i, w := range l.Weights.Trained() {
			group[w.Name] = tensor.New(tensor.WithShape(w.Value.Shape()...), tensor.WithBacking(values[i]))
		}
		state.Tensors[solverPrefix+name] = group
	}
	return state
}

// Restore puts the run where the state was taken, so that Train goes on from there. The
// error says what in the state does not fit the run.
func (l *Loop) Restore(state *State) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("going on from the saved state: %w", err)
		}
	}()
	if err := l.checkPosition(state); err != nil {
		return err
	}
	trained := *l.Architecture // a solver keeps tensors of what is trained
	trained.Parameters = slices.DeleteFunc(slices.Clone(trained.Parameters), func(p graphs.Parameter) bool { return p.State })
	groups := make(map[string]graphs.Weights, len(state.Tensors))
	for name, tensors := range state.Tensors {
		architecture := l.Architecture
		if strings.HasPrefix(name, solverPrefix) {
			architecture = &trained
		}
		group, err := architecture.Load(tensors)
		if err != nil {
			return fmt.Errorf("tensors of %q: %w", name, err)
		}
		groups[name] = group
	}
	needed := []string{weightsGroup, bestGroup}
	if l.Average != nil {
		needed = append(needed, averageGroup)
	}
	for _, name := range needed {
		if groups[name] == nil {
			return fmt.Errorf("the tensors of %q are missing", name)
		}
		if !groups[name].Finite() {
			return fmt.Errorf("the tensors of %q are not all finite numbers", name)
		}
	}
	if err := l.restoreSolver(state, groups); err != nil {
		return err
	}
	l.Weights.CopyFrom(groups[weightsGroup])
	if l.Average != nil {
		l.Average.Weights.CopyFrom(groups[averageGroup])
	}
	stopped := state.History.Stalled(l.EarlyStopping)
	l.at = &position{Result: Result{state.History, groups[bestGroup], stopped}, partial: state.Partial}
	return nil
}

// restoreSolver restores the solver from its tensors in groups.
func (l *Loop) restoreSolver(state *State, groups map[string]graphs.Weights) error {
	steps, most := state.Scalars[solverSteps], l.stepsBefore(len(state.History)+1)+state.Partial.Steps
	if !(steps >= 0 && steps <= float64(most)) || steps != math.Trunc(steps) {
		return fmt.Errorf("the optimizer has done %g steps of a run's %d", steps, most)
	}
	solver := solvers.State{Steps: int(steps), Tensors: make(map[string][][]float32)}
	for name, group := range groups {
		short, found := strings.CutPrefix(name, solverPrefix)
		if !found {
			continue
		}
		for _, w := range group {
			solver.Tensors[short] = append(solver.Tensors[short], w.Value.Float32s())
		}
	}
	var sizes []int
	for _, w := range l.Weights.Trained() {
		sizes = append(sizes, w.Value.Size())
	}
	return l.Solver.Restore(solver, sizes)
}

// checkPosition returns an error for a position that the run cannot be in.
func (l *Loop) checkPosition(state *State) error {
	for i, epoch := range state.History {
		if epoch.Number != i+1 || !finite(epoch.TrainLoss) || !finite(epoch.ValidationLoss) {
			return fmt.Errorf("entry %d of the history is epoch %d with the losses %g and %g", i+1, epoch.Number, epoch.TrainLoss, epoch.ValidationLoss)
		}
	}
	p := state.Partial
	if p.Steps < 0 || p.Steps > l.TrainBatcher.NumBatches() {
		return fmt.Errorf("%d steps are done of an epoch that has %d", p.Steps, l.TrainBatcher.NumBatches())
	}
	if !(p.Seconds >= 0 && p.Seconds <= metrics.MostSeconds) {
		return fmt.Errorf("no epoch takes %g seconds", p.Seconds)
	}
	if samples := min(p.Steps*l.TrainBatcher.Size(), l.TrainBatcher.Set.Len()); p.Samples != samples || !finite(p.LossSum) {
		return fmt.Errorf("%d samples with a total loss of %g cannot come from %d steps", p.Samples, p.LossSum, p.Steps)
	}
	return nil
}
