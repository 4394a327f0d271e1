package kernels

// MoveToward moves each number of average toward that of values by a share of
// what is between them: average += share * (values - average), as torch.lerp
// computes it. Equal numbers stay as they are.
func MoveToward(average, values []float32, portion float32) {
	values = values[:len(average):len(values)]
	share(len(average), passNumbers, len(average), func(part span) {
		moveToward(average[part.from:part.to], values[part.from:part.to], portion)
	})
}

func moveToward(average, values []float32, portion float32) {
	done := whole(len(average))
	if done > 0 {
		instructions.moveToward(&average[0], &values[0], done, portion)
	}
	for i := done; i < len(average); i++ {
		a := average[i]
		average[i] = a + float32(portion*(values[i]-a))
	}
}
