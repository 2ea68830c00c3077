package vision

import (
	"debug/elf"
	"fmt"
	"os"
)

const runtimeFile = "libonnxruntime.so"

// isWhole sees that a library is one and not cut short: the system opens half a library as well, and the program ends where it first needs the
// other half.
func isWhole(path string) error {
	library, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer library.Close()
	file, err := os.Stat(path)
	if err != nil {
		return err
	}
	for _, part := range library.Progs {
		if end := part.Off + part.Filesz; end < part.Off || end > uint64(file.Size()) {
			return fmt.Errorf("it ends after %d bytes of %d", file.Size(), end)
		}
	}
	return nil
}

// hintFor is what to do about a library that could not be opened, where that is something special.
func hintFor(error) string { return "" }
