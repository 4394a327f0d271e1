package metrics

// Confusion counts how often samples of each class were taken for which.
type Confusion struct {
	Classes []string `json:"classes"`
	Counts  [][]int  `json:"counts"` // Counts[actual][predicted]
}

// NewConfusion returns an empty matrix over the named classes.
func NewConfusion(classes []string) *Confusion {
	counts := make([][]int, len(classes))
	for i := range counts {
		counts[i] = make([]int, len(classes))
	}
	return &Confusion{Classes: classes, Counts: counts}
}

// Add counts one sample of class actual that was taken for class predicted.
func (c *Confusion) Add(actual, predicted int) { c.Counts[actual][predicted]++ }

// Total is the number of samples counted.
func (c *Confusion) Total() int {
	total := 0
	for _, row := range c.Counts {
		for _, n := range row {
			total += n
		}
	}
	return total
}

// Accuracy is the share of samples on the diagonal, in [0, 1]; 0 when nothing
// was counted.
func (c *Confusion) Accuracy() float64 {
	total := c.Total()
	if total == 0 {
		return 0
	}
	right := 0
	for i := range c.Counts {
		right += c.Counts[i][i]
	}
	return float64(right) / float64(total)
}
