package wiring

import (
	"path/filepath"

	"github.com/adrg/xdg"

	"sightline/backend/capture"
	"sightline/backend/keys"
	"sightline/backend/library"
	"sightline/backend/sources"
)

// NewScene is what the page can do about sources: those of table, which is the window's own, since who uses which camera is known to one table only.
func NewScene(table capture.Table, ring *keys.Keys, seen sources.Seen) *sources.Sources {
	return sources.New(sources.Config{
		Table: table, Keys: ring, Seen: seen, Reveal: library.Reveal,
		Folder: func() string { return filepath.Join(xdg.UserDirs.Pictures, "Sightline") },
	})
}
