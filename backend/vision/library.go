package vision

import (
	"fmt"
	"os"
)

// isWhole sees that a library is one and not cut short: the system opens half a library as well, and the program ends where it first needs the
// other half.
func isWhole(path string) error {
	end, err := endOf(path)
	if err != nil {
		return err
	}
	file, err := os.Stat(path)
	if err != nil {
		return err
	}
	if end > uint64(file.Size()) {
		return fmt.Errorf("it ends after %d bytes of %d", file.Size(), end)
	}
	return nil
}
