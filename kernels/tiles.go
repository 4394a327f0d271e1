package kernels

// The product is computed as in BLIS (Van Zee, van de Geijn: BLIS, a framework
// for rapidly instantiating BLAS functionality, 2015): blocks of A and B that fit
// the caches are copied to panels, which the innermost loop reads from front to
// back while it keeps a tile of C in registers. Each element of C is summed from
// the first step of k to the last with fused multiply-adds: the second block
// of k's steps, and each one after it, loads the tile and goes on adding to it.
// So the bits depend neither on the sizes of blocks and tiles nor on which
// goroutine computes them.
const (
	blockRows    = 144 // of A: with blockDepth that is 144 KiB, for the second-level cache
	blockColumns = 256 // of B: 256 KiB, likewise
	blockDepth   = 256 // steps of k: a panel of B stays in the first-level cache
	chunkDepth   = 32  // steps packed at once where A is stored by depth: each reads other pages of memory, and the TLB knows few
)

// A tileFunc sets a tile of C, or adds to it, from a panel of A, k columns of
// the tile's rows, and a panel of B, k rows of the tile's columns.
type tileFunc func(c *float32, stride int, a, b *float32, k int, accumulate bool)

// A product is one call's matrices.
type product struct {
	set     *instructionSet
	c       []float32
	a, b    factor
	m, n, k int
}

// A workspace is the memory that one goroutine packs panels into.
type workspace struct {
	a, b []float32
	edge []float32 // a tile that reaches beyond C

	// The images of a product that are not left out, and their numbers.
	images  []*byte
	factors []float32
}

// workspaces keeps those that no goroutine is using. A sync.Pool would let the
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

// compute sets the given rows and columns of C.
func (p *product) compute(w *workspace, rows, columns span) {
	for block := range (columns.length() + blockColumns - 1) / blockColumns {
		columns := span{columns.from + block*blockColumns, min(columns.from+(block+1)*blockColumns, columns.to)}
		for from := 0; from < p.k; from += blockDepth {
			depth := span{from, min(from+blockDepth, p.k)}
			p.packB(w.b, columns, depth)
			blocks := (rows.length() + blockRows - 1) / blockRows
			for i := range blocks {
				p.block(w, rows.part(i, blocks), columns, depth)
			}
		}
	}
}

// block packs a block of A and multiplies it by the panels of B, which are
// packed already, for some steps of k. The first steps set C, later ones add.
func (p *product) block(w *workspace, rows, columns, depth span) {
	tiles := (rows.length() + len(p.set.tiles) - 1) / len(p.set.tiles)
	k, width := depth.length(), p.set.columns
	chunk := k
	if p.a.byDepth {
		chunk = chunkDepth
	}
	for from := depth.from; from < depth.to; from += chunk {
		part := span{from, min(from+chunk, depth.to)}
		for i := range tiles {
			tile := rows.part(i, tiles)
			at := (tile.from-rows.from)*k + (from-depth.from)*tile.length()
			p.a.pack(w.a[at:], tile.length(), tile, part)
		}
	}
	for column := columns.from; column < columns.to; column += width {
		b := &w.b[(column-columns.from)*k]
		for i := range tiles {
			tile := rows.part(i, tiles)
			multiply, a := p.set.tiles[tile.length()-1], &w.a[(tile.from-rows.from)*k]
			if valid := columns.to - column; valid < width {
				p.edge(w, multiply, a, b, tile, span{column, columns.to}, depth)
			} else {
				multiply(&p.c[tile.from*p.n+column], p.n, a, b, k, depth.from > 0)
			}
		}
	}
}

// edge computes a tile at C's right edge, where fewer columns are left than the
// tile has. It computes the whole tile in the workspace and copies what belongs to C.
func (p *product) edge(w *workspace, multiply tileFunc, a, b *float32, rows, columns, depth span) {
	width, valid := p.set.columns, columns.length()
	accumulate := depth.from > 0
	if accumulate {
		for i := range rows.length() {
			at := (rows.from+i)*p.n + columns.from
			copy(w.edge[i*width:], p.c[at:at+valid])
		}
	}
	multiply(&w.edge[0], width, a, b, depth.length(), accumulate)
	for i := range rows.length() {
		at := (rows.from+i)*p.n + columns.from
		copy(p.c[at:at+valid], w.edge[i*width:])
	}
}

// packB fills the panels of B, with zeros beyond the last column.
func (p *product) packB(to []float32, columns, depth span) {
	width, k := p.set.columns, depth.length()
	for from := columns.from; from < columns.to; from += width {
		panel := to[(from-columns.from)*k:][:width*k]
		if columns.to-from < width {
			clear(panel)
		}
		p.b.pack(panel, width, span{from, min(from+width, columns.to)}, depth)
	}
}

// A span is the indices from from up to to.
type span struct{ from, to int }

func (s span) length() int { return s.to - s.from }

// part is the i-th of n parts of the span, whose lengths differ by one at most.
func (s span) part(i, n int) span {
	return span{s.from + s.length()*i/n, s.from + s.length()*(i+1)/n}
}

// cut is the i-th of n parts of the span, each of which begins a multiple of
// unit behind the span's beginning.
func (s span) cut(i, n, unit int) span {
	units := span{0, (s.length() + unit - 1) / unit}.part(i, n)
	return span{s.from + units.from*unit, min(s.from+units.to*unit, s.to)}
}

// aligned returns n numbers that start on a cache line.
func aligned(n int) []float32 {
	const line = 16
	numbers := make([]float32, n+line-1)
	return numbers[lineOffset(&numbers[0]):][:n]
}
