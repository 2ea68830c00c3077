package settings

import (
	"maps"
	"slices"

	"sightline/backend/fault"
)

// Unsaved says of a change's error that the change is valid and holds for this run; only the disk does not know of it.
func Unsaved(err error) bool {
	switch fault.CodeOf(err) {
	case CodeNewer, CodeUnread, CodeBusy, CodeReadOnly, CodeFull, CodeUnsaved:
		return true
	}
	return false
}

// Clone is a copy that shares nothing with s.
func (s Settings) Clone() Settings {
	s.Backends, s.Prompts, s.Private = slices.Clone(s.Backends), slices.Clone(s.Prompts), slices.Clone(s.Private)
	s.Cameras = slices.Clone(s.Cameras)
	for i, b := range s.Backends {
		s.Backends[i].Replicas, s.Backends[i].Profiles = slices.Clone(b.Replicas), maps.Clone(b.Profiles)
	}
	return s
}
