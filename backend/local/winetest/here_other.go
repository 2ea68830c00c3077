//go:build !windows

package winetest

// Here is never so: this is no Windows program.
func Here() bool { return false }
