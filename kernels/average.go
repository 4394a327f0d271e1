package kernels

// MoveToward moves each number of average toward that of values by a share of
// what is between them: average += share * (values - average), as torch.lerp
// computes it. Equal numbers stay as they are.
func MoveToward(average, values []float32, share float32) {
	values = values[:len(average):len(values)]
	for i, a := range average {
		average[i] = a + share*(values[i]-a)
	}
}
