package wiring

import (
	"path/filepath"

	"github.com/adrg/xdg"
)

// Index is where the index of recordings lies: a cache, which is made anew when it is gone.
func Index() string { return filepath.Join(xdg.CacheHome, "sightline", "recordings.db") }
