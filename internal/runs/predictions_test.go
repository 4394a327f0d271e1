package runs

import (
	"context"
	"io"
	"math"
	"testing"

	"cifartrain/internal/reports"
)

// TestCodesDecode takes codes that the graph computed through the layers behind
// them and compares with what the graph restores.
func TestCodesDecode(t *testing.T) {
	for _, name := range []string{"autoencoder_best", "autoencoder_tied"} {
		t.Run(name, func(t *testing.T) {
			session := &Session{Out: io.Discard, Err: io.Discard, Display: reports.NewDisplay(io.Discard, true)}
			config, err := session.Load(name, []string{"data.source=sample", "model.hidden=[64, 32]", "model.latent=16"})
			if err != nil {
				t.Fatal(err)
			}
			p, err := session.Prepare(t.Context(), config, Need{Images: true, Weights: DrawnWeights})
			if err != nil {
				t.Fatal(err)
			}
			model, err := p.Architecture.Build(p.Weights, 1)
			if err != nil {
				t.Fatal(err)
			}
			few := p.Images.Test.Pick([]int{7, 3, 900})
			codes, err := p.Encode(context.Background(), few)
			if err != nil {
				t.Fatal(err)
			}
			restored, err := p.Restore(context.Background(), few)
			if err != nil {
				t.Fatal(err)
			}
			decoded, values := p.Weights.Decode(model.Layers, codes), few.Shape.Values()
			for i, want := range restored {
				got := p.Transform.Invert(decoded[i*values : (i+1)*values])
				for j := range want {
					if math.Abs(float64(got[j]-want[j])) > 1e-5 {
						t.Fatalf("image %d, value %d: %v, want %v", i, j, got[j], want[j])
					}
				}
			}
		})
	}
}

func TestMargin(t *testing.T) {
	for _, c := range []struct {
		class  int
		scores []float32
		want   float64
	}{
		{0, []float32{1.5}, -1.5}, {1, []float32{1.5}, 1.5},
		{2, []float32{-3, -1, -0.5}, 0.5}, {0, []float32{-3, -1, -0.5}, -2.5},
	} {
		if got := margin(c.class, c.scores); got != c.want {
			t.Errorf("class %d of scores %v has the margin %v, want %v", c.class, c.scores, got, c.want)
		}
	}
}
