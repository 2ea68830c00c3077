//go:build cgo

package vision

// #include <malloc.h>
import "C"

// trim has the C library give back what the runtime has freed.
func trim() { C.malloc_trim(0) }
