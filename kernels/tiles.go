package kernels

// The product goes as in BLIS (Van Zee, van de Geijn: BLIS, a framework for
// rapidly instantiating BLAS functionality, 2015): blocks of A and B that the
// caches hold are copied to panels that the innermost loop reads from front to
// back, and that loop keeps a tile of C in registers. Each element of C is
// summed from the first step of k to the last with fused multiply-adds: a tile
// that k's blocks come back to is loaded first. So its bits depend neither on
// the blocks nor on the tiles nor on which goroutine does them.
const (
	blockRows    = 144 // of A: with blockDepth 144 KiB, in the second cache
	blockColumns = 256 // of B: as above
	blockDepth   = 256 // so that a panel of B stays in the first cache
	chunkDepth   = 32  // of A that is stored by depth: a page each, for the address cache
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

// A workspace is what one goroutine packs into.
type workspace struct {
	a, b []float32
	edge []float32 // a tile that reaches beyond C
}

// workspaces keeps those that are not in use. A sync.Pool would lose them to the
// garbage collector.
var workspaces = make(chan *workspace, 64)

func takeWorkspace() *workspace {
	select {
	case w := <-workspaces:
		return w
	default:
		const highest, widest = 12, 32
		return &workspace{aligned(blockRows * blockDepth), aligned(blockColumns * blockDepth), aligned(highest * widest)}
	}
}

func (w *workspace) giveBack() {
	select {
	case workspaces <- w:
	default: // enough of them
	}
}

// compute computes some rows and columns of C.
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

// block adds the depth's share to one block of C, whose panels of B are packed.
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

// edge computes a tile that is wider than what is left of C beside it.
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

// part is one of n parts of the span that differ by one at most.
func (s span) part(i, n int) span {
	return span{s.from + s.length()*i/n, s.from + s.length()*(i+1)/n}
}

// cut is one of n parts of the span that begin at multiples of unit from its
// beginning.
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
