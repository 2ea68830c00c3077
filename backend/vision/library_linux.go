package vision

import "debug/elf"

const runtimeFile = "libonnxruntime.so"

// endOf is where a library's last part ends, by what its head says.
func endOf(path string) (end uint64, err error) {
	library, err := elf.Open(path)
	if err != nil {
		return 0, err
	}
	defer library.Close()
	for _, part := range library.Progs {
		end = max(end, part.Off, part.Filesz, part.Off+part.Filesz) // of a broken head the sum may be too large for its type
	}
	return end, nil
}

// hintFor is what to do about a library that could not be opened, where that is something special.
func hintFor(error) string { return "" }
