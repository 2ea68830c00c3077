package vision

import (
	"debug/pe"
	"errors"
	"syscall"
)

const runtimeFile = "onnxruntime.dll"

// endOf is where a library's last part ends, by what its head says.
func endOf(path string) (end uint64, err error) {
	library, err := pe.Open(path)
	if err != nil {
		return 0, err
	}
	defer library.Close()
	for _, part := range library.Sections {
		end = max(end, uint64(part.Offset)+uint64(part.Size))
	}
	return end, nil
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
