package vision

import (
	"debug/pe"
	"errors"
	"fmt"
	"os"
	"syscall"
)

const runtimeFile = "onnxruntime.dll"

// isWhole sees that a library is one and not cut short: a program can end where it first needs what is not there.
func isWhole(path string) error {
	library, err := pe.Open(path)
	if err != nil {
		return err
	}
	defer library.Close()
	file, err := os.Stat(path)
	if err != nil {
		return err
	}
	for _, part := range library.Sections {
		if end := int64(part.Offset) + int64(part.Size); end > file.Size() {
			return fmt.Errorf("it ends after %d bytes of %d", file.Size(), end)
		}
	}
	return nil
}

// moduleNotFound is ERROR_MOD_NOT_FOUND: the library is there, but not one that it needs.
const moduleNotFound = syscall.Errno(126)

// hintFor is what to do about a library that could not be opened. The runtime needs Microsoft's for C++, which many other programs bring along,
// but not all machines have.
func hintFor(cause error) string {
	if errors.Is(cause, moduleNotFound) {
		return "Install Microsoft's Visual C++ Redistributable (x64), https://aka.ms/vs/17/release/vc_redist.x64.exe, and ask again."
	}
	return ""
}
