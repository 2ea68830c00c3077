//go:build cgo

package vision

// #include <malloc.h>
//
// static void modest(void) {
// #ifdef __GLIBC__
// 	mallopt(M_MMAP_THRESHOLD, 1 << 20);
// 	mallopt(M_TRIM_THRESHOLD, 1 << 20);
// #endif
// }
//
// static void trim(void) {
// #ifdef __GLIBC__
// 	malloc_trim(0);
// #endif
// }
import "C"

// beModest has the C library take large blocks from the system one by one and give each back when it is freed. Left to itself it would learn from
// the runtime that blocks of many megabytes are ordinary, and keep up to 64 MB of them for each thread, which not even trim gets back.
func beModest() { C.modest() }

// trim has the C library give back what is free between other blocks.
func trim() { C.trim() }
