package plots

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot"
)

func TestTicks(t *testing.T) {
	tests := []struct {
		name      string
		ticker    plot.Ticker
		low, high float64
		want      []string
	}{
		{"linear", linearTicks, 0.42, 1.03, []string{"0.5", "0.6", "0.7", "0.8", "0.9", "1.0"}},
		{"linear around 0", linearTicks, -0.05, 0.05, []string{"-0.04", "-0.02", "0.00", "0.02", "0.04"}},
		{"linear, just below 0", linearTicks, -0.004, 0.046, []string{"0.00", "0.01", "0.02", "0.03", "0.04"}},
		{"linear, small", linearTicks, 1e-9, 3.2e-9, []string{"1e-09", "1.5e-09", "2e-09", "2.5e-09", "3e-09"}},
		{"linear, narrow", linearTicks, 4e6, 4e6 + 2.1, []string{"4000000", "4000000.5", "4000001", "4000001.5", "4000002"}},
		{"log, one power", logTicks, math.Log10(0.3), math.Log10(9), []string{"0.5", "1", "2", "5"}},
		{"log, many powers", logTicks, math.Log10(0.0002), math.Log10(30), []string{"0.001", "0.01", "0.1", "1", "10"}},
		{"log, float32's powers", logTicks, -38, 38, []string{"1e-38", "1e-30", "1e-22", "1e-14", "1e-06", "100", "1e+10", "1e+18", "1e+26", "1e+34"}},
		{"one epoch", epochTicks(1, 1, mostTicks), 0, 2, []string{"1"}},
		{"few epochs", epochTicks(1, 4, mostTicks), 1, 4, []string{"1", "2", "3", "4"}},
		{"15 epochs", epochTicks(1, 15, mostTicks), 1, 15, []string{"2", "4", "6", "8", "10", "12", "14"}},
		{"50 epochs", epochTicks(1, 50, mostTicks), 1, 50, []string{"5", "10", "15", "20", "25", "30", "35", "40", "45", "50"}},
		{"1000 epochs", epochTicks(1, 1000, mostTicks), 1, 1000, []string{"100", "200", "300", "400", "500", "600", "700", "800", "900", "1000"}},
	}
	for _, test := range tests {
		var got []string
		for _, tick := range test.ticker.Ticks(test.low, test.high) {
			got = append(got, tick.Label)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: labels (-want +got):\n%s", test.name, diff)
		}
	}
}
