//go:build !linux

package keys

func keyringPossible() bool { return true }
