package kernels

import (
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// worthSharing is how many multiplications a part of a product has at
	// least: about ten microseconds of one processor's time.
	worthSharing = 1 << 20
	// worthPassing is how many numbers a part of an element-wise pass has at
	// least: one to four microseconds of it. A helper that looks for work
	// answers in less than one.
	worthPassing = 1 << 14
	// partLength is how many rows or columns of C make a part that packs a
	// whole factor for itself at little cost, and partsEach how many such parts
	// a processor gets at most: more than one, so that the others go on when it
	// is late or has something else to do.
	partLength = 256
	partsEach  = 4
	// patience is how long a helper looks for the next task before it goes. To
	// start it again takes tens of microseconds, often more than what comes
	// between two tasks.
	patience = 100 * time.Microsecond
)

// run computes the product, on as many processors as it is worth.
func (p product) run() {
	processors := runtime.GOMAXPROCS(0)
	parts := p.parts(processors)
	if parts > 1 && shared.tryLock() {
		shared.product = p
		shared.run(&shared.product, parts, processors-1)
		shared.product = product{} // keeps no matrix alive
		shared.unlock()
		return
	}
	p.part(0, 1)
}

// parts is how many parts C is cut into, along its longer side.
func (p *product) parts(processors int) int {
	if processors == 1 {
		return 1
	}
	parts := min(max(max(p.m, p.n)/partLength, processors), partsEach*processors)
	return max(1, min(parts, p.m*p.n*p.k/worthSharing))
}

// part computes one part of C. Columns are cut where tiles end.
func (p *product) part(i, parts int) {
	rows, columns := span{0, p.m}, span{0, p.n}
	if p.m > p.n {
		rows = rows.part(i, parts)
	} else {
		columns = columns.cut(i, parts, p.set.columns)
	}
	w := takeWorkspace()
	p.compute(w, rows, columns)
	w.giveBack()
}

// A pass does something with each of a number of elements, rows or columns.
type pass struct {
	length, unit int // it is cut at multiples of the unit
	do           func(part span)
}

func (p *pass) part(i, parts int) { p.do(span{0, p.length}.cut(i, parts, p.unit)) }

// share does a pass over numbers in all, on as many processors as it is worth.
func share(length, unit, numbers int, do func(part span)) {
	processors := runtime.GOMAXPROCS(0)
	parts := min(partsEach*processors, numbers/worthPassing, (length+unit-1)/unit)
	if processors > 1 && parts > 1 && shared.tryLock() {
		shared.pass = pass{length, unit, do}
		shared.run(&shared.pass, parts, processors-1)
		shared.pass = pass{} // keeps no slice alive
		shared.unlock()
		return
	}
	do(span{0, length})
}

// A task is done when each of its parts is, by anyone, in any order.
type task interface{ part(i, parts int) }

// A team shares one task at a time between its caller and helpers. Whoever has
// time takes the next part; the caller too, so that it never waits for a helper
// that has not begun.
type team struct {
	busy    atomic.Bool
	task    task
	parts   int
	left    atomic.Int64 // parts nobody has taken; below zero when there are none
	undone  atomic.Int64 // parts not finished
	helpers atomic.Int64 // goroutines that work or look for work

	// What task points to, so that sharing makes no garbage.
	product product
	pass    pass
}

var shared team

// tryLock reports whether the team was free, and takes it. A second caller does
// better alone than waiting.
func (t *team) tryLock() bool { return t.busy.CompareAndSwap(false, true) }

func (t *team) unlock() { t.busy.Store(false) }

func (t *team) run(task task, parts, helpers int) {
	t.task, t.parts = task, parts
	t.undone.Store(int64(parts))
	t.left.Store(int64(parts)) // from here on helpers begin
	for range min(helpers, parts-1) - int(t.helpers.Load()) {
		t.helpers.Add(1)
		go help()
	}
	for t.work() {
	}
	for spins := 0; t.undone.Load() > 0; spins++ {
		if spins%1024 == 1023 {
			runtime.Gosched()
		}
	}
}

// work does one part, if one is left. It reads nothing of the task before it
// has taken a part: until then the caller may be writing the next one.
func (t *team) work() bool {
	if t.left.Load() <= 0 {
		return false // without a write that takes the line from the others
	}
	part := t.left.Add(-1)
	if part < 0 {
		return false
	}
	t.task.part(int(part), t.parts)
	t.undone.Add(-1)
	return true
}

// help works on tasks until none has come for a while. A helper that comes too
// late for its first leaves at once: the processors are busy, and looking for
// more would only take time from them. It looks in Go code and yields, so that
// neither the garbage collector nor other goroutines wait for it.
func help() {
	t := &shared
	var last time.Time
	for spins := 0; ; spins++ {
		if t.work() {
			for t.work() {
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
