package settings

import "sightline/backend/fault"

// Unsaved says of a change's error that the change is valid and holds for this run; only the disk does not know of it.
func Unsaved(err error) bool {
	switch fault.CodeOf(err) {
	case CodeNewer, CodeUnread, CodeBusy, CodeReadOnly, CodeFull, CodeUnsaved:
		return true
	}
	return false
}
