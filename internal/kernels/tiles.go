package kernels

import "unsafe"

// The product is computed as in BLIS (Van Zee, van de Geijn: BLIS, a framework
// for rapidly instantiating BLAS functionality, 2015): blocks of A and B that fit
// the caches are copied to panels, which the innermost loop reads from front to
// back while it keeps a tile of C in registers. Where A lies favorably it is read in
// place instead. Each element of C is summed from the first step of k to the last
// with fused multiply-adds: the second block of k's steps, and each one after
// it, loads the tile and goes on adding to it. So the bits depend neither on the
// sizes of blocks and tiles nor on which goroutine computes them.
const (
	blockRows    = 144  // of A: with blockDepth that is 144 KiB, for the second-level cache
	blockColumns = 1024 // of B: 1 MiB; its panels pass through the caches one by one
	blockDepth   = 256  // steps of k: a panel of B stays in the first-level cache
	chunkDepth   = 64   // steps packed at once, to a part of the panel that stays in that cache until it is full

	// deepest is the most steps of k in a block of B with few columns, where A is
	// read in place: its rows are then read a page at a time. B's panel comes from
	// the second-level cache, but C is loaded and stored less often.
	deepest = 1024
	// pageNumbers is how many numbers a page of memory holds.
	pageNumbers = 4096 / 4
	// nearSteps is how far apart at most, in numbers, the steps of k of an A
	// stored by depth may lie for it to be read in place. Farther ones are of a
	// page each, and the first-level cache keeps them in the same few places.
	nearSteps = pageNumbers - 1
)

// A tileFunc sets a tile of C, or adds to it, from k columns of the tile's rows of
// A and a panel of B, k rows of the tile's columns. Strides are in numbers.
type tileFunc func(c *float32, stride int, a *float32, rowStride, stepStride int, b *float32, k int, accumulate bool)

// tileRows are a tile's rows, and where in A or in a panel of it they lie for the
// steps of k in work.
type tileRows struct {
	span
	multiply              tileFunc
	a                     *float32
	rowStride, stepStride int
}

// A product is one call's matrices, and how C is cut into parts that several
// goroutines may compute: a grid of rectangles.
type product struct {
	set     *instructionSet
	c, d    []float32 // d is added to the finished c; nil for zeros
	a, b    factor
	m, n, k int

	rows, columns int  // of the grid
	inPlace       bool // whether tiles read A where it lies

	// With many processors the factors are packed once, before the parts, for the
	// steps of k that depth says. Else each part packs what it needs just before
	// it needs it, so that its own caches hold the panels.
	depth            span
	packedA, packedB []float32 // nil where each part packs for itself, or reads A in place
}

// tiles and panels are how many tiles C has below and beside one another.
func (p *product) tiles() int { return span{0, p.m}.blocks(p.height()) }

func (p *product) panels() int { return (p.n + p.set.columns - 1) / p.set.columns }

// height is how many rows a tile has at most. Rows of A that are read in place and lie
// whole pages apart are all kept in the same few places of the first-level cache. If
// there were more rows than places, each would drive out another at every step.
func (p *product) height() int {
	if p.inPlace && !p.a.byDepth && p.a.stride%pageNumbers == 0 {
		return min(len(p.set.tiles), p.set.pageRows)
	}
	return len(p.set.tiles)
}

// tile is the rows of a tile: as even as they can be.
func (p *product) tile(i int) span { return span{0, p.m}.part(i, p.tiles()) }

// panel is the columns of a panel.
func (p *product) panel(i int) span {
	return span{i * p.set.columns, min((i+1)*p.set.columns, p.n)}
}

// readsInPlace reports whether tiles read A where it lies. NEON's tiles read all
// numbers of a step at once, so these must lie beside one another.
func (p *product) readsInPlace() bool {
	if p.a.byDepth {
		return p.a.stride <= nearSteps
	}
	return p.set.pageRows > 0
}

// part computes one rectangle of the grid for the steps of depth. The first steps
// set C, later ones add to it.
func (p *product) part(i, _ int) {
	tiles := span{0, p.tiles()}.part(i/p.columns, p.rows)
	panels := span{0, p.panels()}.part(i%p.columns, p.columns)
	tileBlocks, panelBlocks := tiles.blocks(blockRows/p.height()), panels.blocks(blockColumns/p.set.columns)
	w := takeWorkspace()
	for j := range panelBlocks {
		panels := panels.part(j, panelBlocks)
		steps := p.blockSteps(panels)
		for from := p.depth.from; from < p.depth.to; from += steps {
			depth := span{from, min(from+steps, p.depth.to)}
			if p.packedB == nil {
				p.b.packAll(w.b, p.panel(panels.from).from, panels, depth, p.set.columns, p.panel)
			}
			for i := range tileBlocks {
				tiles := tiles.part(i, tileBlocks)
				if p.packedA == nil && !p.inPlace {
					p.a.packAll(w.a, p.tile(tiles.from).from, tiles, depth, 0, p.tile)
				}
				p.block(w, tiles, panels, depth)
				if p.d != nil && depth.to == p.k {
					p.addToBlock(tiles, panels)
				}
			}
		}
	}
	w.giveBack()
}

// blockSteps is how many steps of k a block of these panels has.
func (p *product) blockSteps(panels span) int {
	if !p.inPlace || p.packedB != nil {
		return blockDepth
	}
	columns := panels.length() * p.set.columns
	return max(blockDepth, min(deepest, blockDepth*blockColumns/columns))
}

// block multiplies tiles of A and panels of B for some steps of k.
func (p *product) block(w *workspace, tiles, panels, depth span) {
	width, k := p.set.columns, depth.length()
	b, firstPanel, stepsB, skippedB := w.b, panels.from, k, 0
	if p.packedB != nil {
		b, firstPanel, stepsB, skippedB = p.packedB, 0, p.depth.length(), depth.from-p.depth.from
	}
	p.findTiles(w, tiles, depth)
	for i := panels.from; i < panels.to; i++ {
		columns := p.panel(i)
		b := &b[((i-firstPanel)*stepsB+skippedB)*width]
		for i := range w.tiles {
			t := &w.tiles[i]
			if columns.length() < width {
				p.edge(w, t, b, columns, depth)
			} else {
				t.multiply(&p.c[t.from*p.n+columns.from], p.n, t.a, t.rowStride, t.stepStride, b, k, depth.from > 0)
			}
		}
	}
	clear(w.tiles) // so that the garbage collector can free the matrices
}

// findTiles lists the rows of some tiles and where they lie, once for all panels.
func (p *product) findTiles(w *workspace, tiles, depth span) {
	packed, firstRow, steps, skipped := w.a, p.tile(tiles.from).from, depth.length(), 0
	if p.packedA != nil {
		packed, firstRow, steps, skipped = p.packedA, 0, p.depth.length(), depth.from-p.depth.from
	}
	w.tiles = w.tiles[:0]
	for i := tiles.from; i < tiles.to; i++ {
		rows := p.tile(i)
		t := tileRows{span: rows, multiply: p.set.tiles[rows.length()-1]}
		switch {
		case !p.inPlace:
			t.a, t.rowStride, t.stepStride = &packed[(rows.from-firstRow)*steps+skipped*rows.length()], 1, rows.length()
		case p.a.byDepth:
			t.a, t.rowStride, t.stepStride = &p.a.data[depth.from*p.a.stride+rows.from], 1, p.a.stride
		default:
			t.a, t.rowStride, t.stepStride = &p.a.data[rows.from*p.a.stride+depth.from], p.a.stride, 1
		}
		w.tiles = append(w.tiles, t)
	}
}

// addToBlock adds d to the tiles of a block whose sums are finished.
func (p *product) addToBlock(tiles, panels span) {
	from, to := panels.from*p.set.columns, min(panels.to*p.set.columns, p.n)
	for row := p.tile(tiles.from).from; row < p.tile(tiles.to-1).to; row++ {
		add(p.c[row*p.n+from:row*p.n+to], p.d[row*p.n+from:])
	}
}

// edge computes a tile that is wider than what is left of C beside it.
func (p *product) edge(w *workspace, t *tileRows, b *float32, columns, depth span) {
	width, valid := p.set.columns, columns.length()
	accumulate := depth.from > 0
	if accumulate {
		for i := range t.length() {
			at := (t.from+i)*p.n + columns.from
			copy(w.edge[i*width:], p.c[at:at+valid])
		}
	}
	t.multiply(&w.edge[0], width, t.a, t.rowStride, t.stepStride, b, depth.length(), accumulate)
	for i := range t.length() {
		at := (t.from+i)*p.n + columns.from
		copy(p.c[at:at+valid], w.edge[i*width:])
	}
}

// packAll packs tiles of A or panels of B for steps of k, some at a time. place is
// where a tile or panel lies among the factor's rows. In the packed ones a step has as
// many numbers as a panel has columns, with zeros beyond the last column of B, or as
// the tile has rows, for a width of 0. They follow one another from the row first on.
func (f factor) packAll(to []float32, first int, all, steps span, width int, place func(i int) span) {
	chunks := steps.blocks(chunkDepth)
	for c := range chunks {
		chunk := steps.part(c, chunks)
		for i := all.from; i < all.to; i++ {
			rows := place(i)
			stride := max(width, rows.length())
			to := to[(rows.from-first)*steps.length()+(chunk.from-steps.from)*stride:]
			if next := i + panelsAtOnce - 1; next < all.to && place(next).to-rows.from == panelsAtOnce*stride &&
				f.packFour(to, stride*steps.length(), rows, chunk) {
				i = next
				continue
			}
			if rows.length() < stride {
				clear(to[:stride*chunk.length()])
			}
			f.pack(to, stride, rows, chunk)
		}
	}
}

// A span is the indices from from up to to.
type span struct{ from, to int }

func (s span) length() int { return s.to - s.from }

// blocks is how many parts the span is cut into so that none is longer than most.
func (s span) blocks(most int) int { return (s.length() + most - 1) / most }

// part is the i-th of n parts of the span, whose lengths differ by one at most.
func (s span) part(i, n int) span {
	return span{s.from + s.length()*i/n, s.from + s.length()*(i+1)/n}
}

// aligned returns n numbers that start on a cache line.
func aligned(n int) []float32 {
	const line = 16
	numbers := make([]float32, n+line-1)
	return numbers[int(-uintptr(unsafe.Pointer(&numbers[0]))%64)/4:][:n]
}
