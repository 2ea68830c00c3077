package wiring

import (
	"maps"
	"path/filepath"

	"sightline/backend/capture"
	"sightline/backend/capture/camera"
	"sightline/backend/capture/images"
	"sightline/backend/capture/pattern"
	"sightline/backend/capture/replay"
	"sightline/backend/capture/sample"
	"sightline/backend/capture/shared"
	"sightline/backend/windows"
)

// Sources is every kind of source, in the order in which an undecided person gets one. A camera is opened once, however many windows watch it.
func Sources() capture.Table {
	dir := filepath.Join(windows.Dir(), "cameras")
	return capture.Table{shared.Scheme(camera.Scheme(), dir), sample.Scheme(), sharedPattern(dir), images.Scheme(), replay.Scheme()}
}

// sharedPattern is the test card, which stands in for a camera where several windows are to be tried on one: pattern:?shared=1.
func sharedPattern(dir string) capture.Scheme {
	own := pattern.Scheme()
	one := shared.Scheme(own, dir)
	scheme := own
	scheme.Open = func(u capture.URI) (capture.Source, error) {
		if !u.Options.Has("shared") {
			return own.Open(u)
		}
		u.Options = maps.Clone(u.Options)
		u.Options.Del("shared")
		return one.Open(u)
	}
	return scheme
}
