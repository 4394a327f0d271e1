package kernels

// A workspace is the memory that a goroutine packs panels into.
type workspace struct {
	a, b []float32 // of a part that packs for itself
	edge []float32 // a tile that reaches beyond C

	tiles []tileRows // those in work

	// Of a product: itself, so that sharing it allocates nothing, and the panels
	// that all its parts read.
	product product
	shared  []float32

	// The images of a product that are not left out, and their numbers.
	images  []*byte
	factors []float32
}

// workspaces keeps the workspaces that no goroutine is using. A sync.Pool would let the
// garbage collector free them.
var workspaces = make(chan *workspace, 64)

func takeWorkspace() *workspace {
	select {
	case w := <-workspaces:
		return w
	default:
		const highest, widest = 12, 32
		return &workspace{a: aligned(blockRows * blockDepth), b: aligned(blockColumns * blockDepth), edge: aligned(highest * widest)}
	}
}

func (w *workspace) giveBack() {
	select {
	case workspaces <- w:
	default: // there are enough; the garbage collector frees this one
	}
}

// panels returns memory for n numbers that all parts of a product read.
func (w *workspace) panels(n int) []float32 {
	if len(w.shared) < n {
		w.shared = aligned(n)
	}
	return w.shared[:n]
}
