//go:build cgo

package vision

// #include <malloc.h>
// #include <stdlib.h>
//
// static void keep(void) {
// #ifdef __GLIBC__
// 	mallopt(M_MMAP_THRESHOLD, 32 << 20);
// 	mallopt(M_TRIM_THRESHOLD, 64 << 20);
// #endif
// }
//
// static void trim(void) {
// #ifdef __GLIBC__
// 	malloc_trim(0);
// #endif
// }
//
// static void give_back(void) {
// #ifdef __GLIBC__
// 	void *volatile last;
// 	mallopt(M_MMAP_THRESHOLD, 128 << 10);
// 	mallopt(M_TRIM_THRESHOLD, 128 << 10);
// 	last = malloc(100 << 10);
// 	free(last);
// 	malloc_trim(0);
// #endif
// }
import "C"

// keepMemory has the C library use the large blocks again that a network needs for each picture: to fetch them from the system each time would
// double the time of text. These are the limits that it would learn by itself.
func keepMemory() { C.keep() }

// trim has the C library give back what is free between blocks that are in use.
func trim() { C.trim() }

// giveBackMemory has it give back all that is free, and be as it was at the start. What is free at the end of a thread's own memory it only gives
// back when that thread frees something.
func giveBackMemory() { C.give_back() }
