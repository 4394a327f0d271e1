package kernels

// MoveToward moves each number of average a portion of the way towards the number
// of values in the same place: average += portion * (values - average), as
// torch.lerp computes it. A number of average that equals its value stays as it is.
func MoveToward(average, values []float32, portion float32) {
	values = values[:len(average):len(values)]
	share(len(average), passNumbers, len(average), func(from, to int) {
		moveToward(average[from:to], values[from:to], portion)
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
