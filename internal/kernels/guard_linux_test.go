package kernels

import (
	"syscall"
	"testing"
	"unsafe"
)

// fenced returns n numbers that end, or begin, at a page that must not be
// touched: reading one number too many ends the test there and then.
func fenced(t *testing.T, n int, atEnd bool) []float32 {
	t.Helper()
	page := syscall.Getpagesize()
	size := (4*n + page - 1) / page * page
	memory, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skipf("mmap: %v", err)
	}
	t.Cleanup(func() { syscall.Munmap(memory) })
	for _, fence := range [][]byte{memory[:page], memory[page+size:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Skipf("mprotect: %v", err)
		}
	}
	from := page
	if atEnd {
		from = page + size - 4*n
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&memory[from])), n)
}

// TestMatMulFences proves that no product reads or writes beyond its slices.
func TestMatMulFences(t *testing.T) {
	eachProduct(t, func(t *testing.T, product matrixProduct) {
		const most = 40
		for _, atEnd := range []bool{false, true} {
			whole := [3][]float32{fenced(t, most*most, atEnd), fenced(t, most*most, atEnd), fenced(t, most*most, atEnd)}
			cut := func(i, n int) []float32 {
				if atEnd {
					return whole[i][most*most-n:]
				}
				return whole[i][:n]
			}
			for m := 1; m <= most; m += 1 + m/14 {
				for n := 1; n <= most; n += 1 + n/14 {
					for k := 1; k <= most; k += 1 + k/6 {
						product.of(cut(0, m*n), cut(1, m*k), cut(2, k*n), m, n, k)
					}
				}
			}
		}
	})
}

// TestPassFences proves that no element-wise pass reads or writes beyond its
// slices.
func TestPassFences(t *testing.T) {
	const most = 140
	onEach(t, func(t *testing.T) {
		for _, c := range passCases {
			for _, atEnd := range []bool{false, true} {
				var whole [][]float32
				for _, multiple := range c.lengths {
					whole = append(whole, fenced(t, multiple*most, atEnd))
				}
				for n := range most + 1 {
					cut := make([][]float32, len(whole))
					for i, multiple := range c.lengths {
						cut[i] = whole[i][:multiple*n]
						if atEnd {
							cut[i] = whole[i][multiple*(most-n):]
						}
					}
					c.run(n, cut)
				}
			}
		}
	})
}

// TestImageFences proves that no product of images and vectors reads or writes
// beyond its slices.
func TestImageFences(t *testing.T) {
	const most, channels, plane = 9, 3, 2 * imageBlock
	onEach(t, func(t *testing.T) {
		tables := NewPixelTables([]float32{0.25, 0.5, 0.75}, []float32{1, 1, 1})
		if !tables.Multiplies(plane) {
			t.Skip("there are no products of images here")
		}
		for _, atEnd := range []bool{false, true} {
			const n = channels * plane
			x, mean, y := fenced(t, n, atEnd), fenced(t, n, atEnd), fenced(t, n, atEnd)
			var images [][]byte
			for range most {
				images = append(images, asBytes(fenced(t, n/4, atEnd)))
			}
			for m := 1; m <= most; m++ {
				factors := fenced(t, m, atEnd)
				for i := range factors {
					factors[i] = 1
				}
				for _, mean := range [][]float32{nil, mean} {
					tables.TimesVector(factors, images[:m], mean, x)
					factors[0] = 1
					tables.VectorTimes(y, factors, images[:m], mean)
				}
			}
		}
	})
}
