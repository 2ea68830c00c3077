package archive

import (
	"os"
	"time"
)

// rename is refused while anybody reads the file, which takes milliseconds: it is tried again, for half a second at most.
func rename(from, to string) error {
	for range 25 {
		if err := os.Rename(from, to); err == nil || !os.IsPermission(err) && !os.IsExist(err) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return os.Rename(from, to)
}

// syncDir has nothing to do: NTFS writes its names by itself.
func syncDir(dir string) error {
	_, err := os.Stat(dir)
	return err
}
