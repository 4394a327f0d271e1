package metrics

// A Task is what a model is for. It decides how a model is evaluated, which of
// its figures are compared, and which pictures and sentences a report has.
type Task string

// The tasks there are.
const (
	// Classify means to say which of the classes an image shows.
	Classify Task = "classify"
	// Reconstruct means to reproduce the input image. Files name it "restore".
	Reconstruct Task = "restore"
)

// Known reports whether t is one of the tasks.
func (t Task) Known() bool { return t == Classify || t == Reconstruct }

// Classifies reports whether the task is Classify.
func (t Task) Classifies() bool { return t == Classify }

// Reconstructs reports whether the task is Reconstruct.
func (t Task) Reconstructs() bool { return t == Reconstruct }
