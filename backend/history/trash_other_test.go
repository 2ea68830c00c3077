//go:build !windows

package history

import (
	"os"
	"path/filepath"
	"testing"

	"sightline/backend/archive"
)

// needTrash has nothing to ask for: TestMain gives the trash a place.
func needTrash(*testing.T) {}

func inTrash(t *testing.T, dir string) bool {
	t.Helper()
	return archive.Is(filepath.Join(os.Getenv("XDG_DATA_HOME"), "Trash", "files", filepath.Base(dir)))
}
