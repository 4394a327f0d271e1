package metrics

import "testing"

func TestDeadUnitsAdvice(t *testing.T) {
	if got := DeadUnitsAdvice([]DeadUnits{{"encoder.0", 0, 128}}); got != "" {
		t.Errorf("all units live, but the advice is %q", got)
	}
	got := DeadUnitsAdvice([]DeadUnits{{"encoder.0", 110, 128}, {"encoder.2", 0, 64}, {"decoder.0", 5, 128}})
	want := "Dead units, whose ReLU is zero for every validation image: 110 of the 128 of encoder.0 and 5 of the 128 of decoder.0. " +
		"What keeps them alive: model.init orthogonal, data.center, optimizer.warmup_steps, a smaller optimizer.learning_rate."
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
