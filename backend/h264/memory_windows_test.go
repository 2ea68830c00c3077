//go:build cgo && !noh264

package h264

import (
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
)

// atTheEdge is memory behind which there is none.
func atTheEdge(t *testing.T, n int) []byte {
	t.Helper()
	page := os.Getpagesize()
	size := (n + page - 1) / page * page
	at, err := windows.VirtualAlloc(0, uintptr(size+page), windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = windows.VirtualFree(at, 0, windows.MEM_RELEASE) })
	var before uint32
	if err := windows.VirtualProtect(at+uintptr(size), uintptr(page), windows.PAGE_NOACCESS, &before); err != nil {
		t.Fatal(err)
	}
	b := unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), size) // memory that is not Go's, and that Go does not move
	return b[size-n : size : size]
}
