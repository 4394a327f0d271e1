package configs

import (
	"errors"
	"testing"
)

// FuzzLoad checks that no text and no override makes the reader panic, that
// every error lists problems, and that whatever loads survives a round trip.
// testdata/fuzz holds inputs beside the shipped files.
func FuzzLoad(f *testing.F) {
	for _, s := range Shipped() {
		_, text, _ := readShipped(s.Name)
		f.Add(text, "train.epochs=2")
	}
	f.Add([]byte(everyKey), "data.normalize.mean=[0.5, 0.5, 0.5]")
	f.Add([]byte(everyKey+"sweep: {loss.c: [1, 2], data.classes: [[6, 7]], method: random, budget: 2}\n"), "sweep.model.hidden=[[1], [2, 3]]")
	f.Fuzz(func(t *testing.T, text []byte, override string) {
		var overrides []string
		if override != "" {
			overrides = []string{override}
		}
		c, err := Parse("fuzz.yaml", text, overrides, testKinds)
		if err == nil {
			checkRoundTrip(t, c)
			return
		}
		var all *Error
		if !errors.As(err, &all) || len(all.Problems) == 0 || all.Error() == "" {
			t.Errorf("the error is %#v, want an *Error with problems", err)
		}
	})
}
