package graphs

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
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
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 7 {
		t.Fatalf("%d cases, want 7", len(cases))
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

// TestOrthogonal draws matrices of the layers' sizes and checks what makes them
// the Q of their normal numbers A: Q^T Q is the identity, and Q^T A is upper
// triangular with a positive diagonal.
func TestOrthogonal(t *testing.T) {
	stream := func() *rand.Rand { return rand.New(rand.NewPCG(11, 12)) }
	for _, shape := range [][2]int{{1, 3072}, {128, 3072}, {32, 128}, {128, 32}, {70, 70}} {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			rows, columns := shape[0], shape[1]
			q, random := orthogonal(rows, columns, stream()), stream()
			vectors, normal := make([][]float64, min(rows, columns)), make([][]float64, min(rows, columns))
			for i := range q { // columns of the tall matrices
				j := i % columns
				if rows < columns {
					j = i / columns
				}
				vectors[j], normal[j] = append(vectors[j], float64(q[i])), append(normal[j], random.NormFloat64())
			}
			for i, v := range vectors {
				for j := range vectors {
					want := 0.0
					if i == j {
						want = 1
					}
					if got := inner(v, vectors[j]); math.Abs(got-want) > 1e-6 {
						t.Fatalf("Q^T Q[%d,%d] is %v, want %v", i, j, got, want)
					}
					switch r := inner(v, normal[j]); {
					case j == i && r <= 0:
						t.Fatalf("R[%d,%d] is %v, want it positive", i, j, r)
					case j < i && math.Abs(r) > 1e-5:
						t.Fatalf("R[%d,%d] is %v, want 0", i, j, r)
					}
				}
			}
		})
	}
}

func inner(a, b []float64) float64 {
	total := 0.0
	for i, v := range a {
		total += v * b[i]
	}
	return total
}
