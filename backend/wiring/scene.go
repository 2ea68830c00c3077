package wiring

import (
	"path/filepath"

	"github.com/adrg/xdg"

	"sightline/backend/library"
	"sightline/backend/sources"
)

// NewScene is what the page can do about sources.
func NewScene(keys sources.Keys, seen sources.Seen) *sources.Sources {
	return sources.New(sources.Config{
		Table: Sources(), Keys: keys, Seen: seen, Reveal: library.Reveal,
		Folder: func() string { return filepath.Join(xdg.UserDirs.Pictures, "Sightline") },
	})
}
