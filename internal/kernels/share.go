package kernels

import (
	"math"
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// worthSharing is how many multiplications a part of a product has at
	// least. They take one processor about ten microseconds.
	worthSharing = 1 << 20
	// worthPassing is how many numbers a part of an element-wise pass has at
	// least. They take one processor one to four microseconds; a helper that is
	// looking for work begins in less than one.
	worthPassing = 1 << 14
	// partLength is how many rows or columns of C a part has at least where
	// there are parts enough for all processors: packing the other factor, which
	// every part does for itself, costs little then. partsEach is how many parts there
	// are for each processor at most. There is more than one, so that the others
	// can take over the parts of a processor that is late or has something else to
	// do.
	partLength = 256
	partsEach  = 4
	// fewParts is how many parts may pack for themselves. If more did, each would
	// spend more time on packing the same factor than on its own multiplications.
	// With two processors, packing for all is up to 15 % slower: the panels are in
	// the caches of whoever packed them.
	fewParts = 8
	// sharedNumbers is how many numbers are packed for all parts at a time: one
	// megabyte, which the caches of the processors hold together.
	sharedNumbers = 1 << 18
	// patience is how long a helper looks for the next task before it ends. To
	// start another takes tens of microseconds, often longer than the caller
	// takes from one task to the next.
	patience = 100 * time.Microsecond
)

// run computes the product, on several processors if it is large enough.
func (p product) run() {
	processors := runtime.GOMAXPROCS(0)
	parts := p.parts(processors)
	together := parts > 1 && shared.tryLock()
	if !together {
		parts = 1
	}
	packOnce := parts > fewParts
	p.inPlace = p.readsInPlace()
	p.cut(parts, packOnce)
	w := takeWorkspace()
	w.product = p
	switch {
	case packOnce:
		w.product.runPackedOnce(w, processors)
	case together:
		w.product.depth = span{0, p.k}
		shared.run(&w.product, p.rows*p.columns, processors-1)
	default:
		w.product.depth = span{0, p.k}
		w.product.part(0, 1)
	}
	if together {
		shared.unlock()
	}
	w.product = product{} // so that the garbage collector can free the matrices
	w.giveBack()
}

// runPackedOnce packs the factors and then does the parts, for as many steps of
// k at a time as sharedNumbers has room for.
func (p *product) runPackedOnce(w *workspace, processors int) {
	a, b := p.m, p.panels()*p.set.columns // numbers of a step
	if p.inPlace {
		a = 0
	}
	steps := max(sharedNumbers/(a+b)/blockDepth, 1) * blockDepth
	for from := 0; from < p.k; from += steps {
		p.depth = span{from, min(from+steps, p.k)}
		k := p.depth.length()
		memory := w.panels((a + b) * k)
		p.packedB = memory[:b*k] // first, so that its registers begin where cache lines do
		if !p.inPlace {
			p.packedA = memory[b*k:]
		}
		shared.run((*packing)(p), max(1, min(partsEach*processors, len(memory)/worthPassing)), processors-1)
		shared.run(p, p.rows*p.columns, processors-1)
	}
}

// A packing is the task that packs a product's factors for all its parts.
type packing product

func (t *packing) part(i, parts int) {
	p := (*product)(t)
	if p.packedA != nil {
		p.a.packAll(p.packedA, 0, span{0, p.tiles()}.part(i, parts), p.depth, 0, p.tile)
	}
	p.b.packAll(p.packedB, 0, span{0, p.panels()}.part(i, parts), p.depth, p.set.columns, p.panel)
}

// parts is how many parts C is cut into at least, if it has as many tiles.
func (p *product) parts(processors int) int {
	if processors == 1 {
		return 1
	}
	parts := min(max(max(p.m, p.n)/partLength, processors), partsEach*processors)
	return max(1, min(parts, p.m*p.n*p.k/worthSharing))
}

// cut lays the grid of the parts: along C's longer side where each part packs for
// itself, since its other side is then packed by each of them; else across the
// longer side of the parts until there are enough of them.
func (p *product) cut(parts int, packOnce bool) {
	tiles, panels := p.tiles(), p.panels()
	p.rows, p.columns = 1, 1
	for p.rows*p.columns < parts {
		higher := p.m > p.n
		if packOnce {
			higher = p.m*p.columns > p.n*p.rows
		}
		switch {
		case higher && p.rows < tiles:
			p.rows++
		case p.columns < panels && (packOnce || !higher):
			p.columns++
		default:
			return
		}
	}
}

// Shared reports whether a product of so many multiplications is cut into parts
// for several processors, where there are several.
func Shared(multiplications int) bool { return multiplications/worthSharing > 1 }

// A pass calls do for all of so many elements, rows or columns.
type pass struct {
	length, unit int // parts begin at multiples of the unit
	do           func(from, to int)
}

func (p *pass) part(i, parts int) {
	units := span{0, span{0, p.length}.blocks(p.unit)}.part(i, parts)
	p.do(units.from*p.unit, min(units.to*p.unit, p.length))
}

// share calls do for parts that make up the length, on several processors if the
// pass reads or writes enough numbers. Parts begin at multiples of the unit.
func share(length, unit, numbers int, do func(from, to int)) {
	processors := runtime.GOMAXPROCS(0)
	parts := min(partsEach*processors, numbers/worthPassing, (length+unit-1)/unit)
	if processors > 1 && parts > 1 && shared.tryLock() {
		shared.pass = pass{length, unit, do}
		shared.run(&shared.pass, parts, processors-1)
		shared.pass = pass{} // so that the garbage collector can free the slices
		shared.unlock()
		return
	}
	do(0, length)
}

// Share calls do for parts that make up n rows, on several processors if the
// rows have enough numbers, or bytes, together.
func Share(n, numbers int, do func(from, to int)) {
	share(n, 1, numbers, do)
}

// A task consists of parts that any goroutine may do, in any order.
type task interface{ part(i, parts int) }

// A team is a caller with one task at a time and the helpers it shares it with.
// Each of them, the caller too, takes the next part as soon as it has done one. So
// the caller never waits for a part that nobody has begun. The caller takes parts
// from the end and helpers from the beginning, so that with two processors each
// finds more of what it wrote in the task before in its own caches.
type team struct {
	busy    atomic.Bool
	task    task
	parts   int
	left    atomic.Uint64 // the parts that nobody has taken yet, from the upper half up to the lower
	undone  atomic.Int64  // parts that are not finished
	helpers atomic.Int64  // goroutines that work or look for work

	pass pass // task points to it or into a workspace, so that no task has to be allocated
}

var shared team

// tryLock takes the team if it is free, and reports whether it was. A caller that
// finds it taken is faster doing its task alone than waiting.
func (t *team) tryLock() bool { return t.busy.CompareAndSwap(false, true) }

func (t *team) unlock() { t.busy.Store(false) }

func (t *team) run(task task, parts, helpers int) {
	t.task, t.parts = task, parts
	t.undone.Store(int64(parts))
	t.left.Store(uint64(parts)) // from here on helpers can take parts
	for range min(helpers, parts-1) - int(t.helpers.Load()) {
		t.helpers.Add(1)
		go help()
	}
	for t.work(true) {
	}
	for spins := 0; t.undone.Load() > 0; spins++ {
		if spins%1024 == 1023 {
			runtime.Gosched()
		}
	}
}

// work does one part, the last or the first of those that are left, and reports
// whether there was one. It must not read the task before it has taken a part:
// until then the caller may be writing the next task.
func (t *team) work(last bool) bool {
	part, ok := t.take(last)
	if !ok {
		return false
	}
	t.task.part(part, t.parts)
	t.undone.Add(-1)
	return true
}

// take takes the last or the first of the parts that are left, if there is one. It
// writes only if there is: writing takes the cache line from the others.
func (t *team) take(last bool) (part int, ok bool) {
	for {
		left := t.left.Load()
		from, to := left>>32, left&math.MaxUint32
		if from >= to {
			return 0, false
		}
		part, rest := from, left+1<<32
		if last {
			part, rest = to-1, left-1
		}
		if t.left.CompareAndSwap(left, rest) {
			return int(part), true
		}
	}
}

// help does parts of tasks until none has come for as long as patience says. A
// helper that starts too late to get any part of its first task ends at once: the
// processors are busy then, and looking for tasks would take time from them. While
// it looks, it yields, so that the garbage collector and other goroutines need
// not wait for it.
func help() {
	t := &shared
	var last time.Time
	for spins := 0; ; spins++ {
		if t.work(false) {
			for t.work(false) {
			}
			last = time.Now()
			spins = 0
		}
		if spins%256 == 0 {
			if time.Since(last) > patience {
				break
			}
			runtime.Gosched()
		}
	}
	t.helpers.Add(-1)
}
