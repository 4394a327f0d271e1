package configs

import "slices"

// Classes returns CIFAR-10's class names; a class's number is its index.
// The order is that of batches.meta.txt in the dataset's archive.
func Classes() []string {
	return []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
}

// className returns the name of a class given by name or by number ("6").
func className(written string) (name string, known bool) {
	names := Classes()
	if len(written) == 1 && written[0] >= '0' && written[0] <= '9' {
		return names[written[0]-'0'], true
	}
	return written, slices.Contains(names, written)
}
