//go:build cgo && !noh264

package h264

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// atTheEdge is memory behind which there is none.
func atTheEdge(t *testing.T, n int) []byte {
	t.Helper()
	page := os.Getpagesize()
	size := (n + page - 1) / page * page
	b, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(b) })
	if err := syscall.Mprotect(b[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return b[size-n : size : size]
}

func TestClosedCodecsGiveTheirMemoryBack(t *testing.T) {
	units, pictures := film(t, 640, 360, 1)
	round := func() {
		e := encoder(t, Config{Width: 640, Height: 360, FPS: 30, BitsPerSecond: 1_000_000})
		encoded(t, e, pictures[0], 0, false)
		e.Close()
		d := decoder(t, units[0])
		if _, err := d.Decode(units[0].Data); err != nil {
			t.Fatal(err)
		}
		d.Close()
	}
	for range 3 {
		round()
	}
	before := resident(t)
	for range 10 {
		round()
	}
	if grown := resident(t) - before; grown > 12<<20 {
		t.Errorf("ten encoders and decoders left %d MB", grown>>20)
	}
}

// resident is the memory of this process, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(b))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
