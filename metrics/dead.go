package metrics

import "fmt"

// DeadUnits counts the units of a layer whose ReLU is zero for every image: no
// gradient passes them, so no training wakes them.
type DeadUnits struct {
	Layer string `json:"layer"`
	Dead  int    `json:"dead"`
	Units int    `json:"units"`
}

// DeadUnitsAdvice says in a sentence which layers have dead units and what keeps
// units alive; it is empty where all live.
func DeadUnitsAdvice(layers []DeadUnits) string {
	text := ""
	for _, l := range layers {
		if l.Dead == 0 {
			continue
		}
		if text != "" {
			text += " and "
		}
		text += fmt.Sprintf("%d of the %d of %s", l.Dead, l.Units, l.Layer)
	}
	if text == "" {
		return ""
	}
	return "Dead units, whose ReLU is zero for every validation image: " + text +
		". What keeps them alive: model.init orthogonal, data.center, optimizer.warmup_steps, a smaller optimizer.learning_rate."
}
