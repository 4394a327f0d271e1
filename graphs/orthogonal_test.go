package graphs

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
)

// TestOrthogonalIsTorchs compares with orthogonal_ on the numbers that
// testdata/orthogonal.py makes up.
func TestOrthogonalIsTorchs(t *testing.T) {
	content, err := os.ReadFile("testdata/orthogonal.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Rows, Columns int
		Values        []float64
	}
	if err := json.Unmarshal(content, &cases); err != nil || len(cases) != 7 {
		t.Fatalf("%d cases, want 7: %v", len(cases), err)
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Rows, c.Columns), func(t *testing.T) {
			madeUp := make([]float64, c.Rows*c.Columns)
			for i := range madeUp {
				h := uint32(i+1) * 0x9E3779B9
				h = (h ^ h>>16) * 0x85EBCA6B
				h ^= h >> 13
				madeUp[i] = float64(h)/(1<<31) - 1
			}
			for i, got := range orthonormal(madeUp, c.Rows, c.Columns) {
				if want := c.Values[i]; math.Abs(float64(got)-want) > 1e-7 { // float32's last digit
					t.Fatalf("value %d is %v, torch's %v", i, got, want)
				}
			}
		})
	}
}
