package wiring

import (
	"path/filepath"

	"github.com/adrg/xdg"

	"sightline/backend/keys"
	"sightline/backend/library"
	"sightline/backend/sources"
)

// NewScene is what the page can do about sources.
func NewScene(ring *keys.Keys, seen sources.Seen) *sources.Sources {
	return sources.New(sources.Config{
		Table: Sources(ring.Login), Keys: ring, Seen: seen, Reveal: library.Reveal,
		Folder: func() string { return filepath.Join(xdg.UserDirs.Pictures, "Sightline") },
	})
}
