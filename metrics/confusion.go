package metrics

// Confusion counts how often images of each class were taken for each class.
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

// Accuracy is the share of samples on the diagonal, in [0, 1]; 0 if nothing was
// counted.
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

// A ClassScore is how the samples of one class were classified.
type ClassScore struct {
	Class    string
	Samples  int
	Accuracy float64 // the share classified correctly; 0 without samples

	// TakenFor is the class for which most misclassified samples were taken,
	// the first of several equal ones, and TakenShare is their share of all
	// samples of the class. TakenFor is empty if no sample was misclassified.
	TakenFor   string
	TakenShare float64
}

// ByClass returns the score of each class, in order.
func (c *Confusion) ByClass() []ClassScore {
	scores := make([]ClassScore, len(c.Classes))
	for actual, row := range c.Counts {
		score := ClassScore{Class: c.Classes[actual]}
		mistaken := 0 // how many were taken for that class
		for predicted, n := range row {
			score.Samples += n
			if predicted != actual && n > mistaken {
				score.TakenFor, mistaken = c.Classes[predicted], n
			}
		}
		if score.Samples > 0 {
			score.Accuracy = float64(row[actual]) / float64(score.Samples)
			score.TakenShare = float64(mistaken) / float64(score.Samples)
		}
		scores[actual] = score
	}
	return scores
}
