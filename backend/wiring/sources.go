package wiring

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"sightline/backend/capture"
	"sightline/backend/capture/camera"
	"sightline/backend/capture/file"
	"sightline/backend/capture/images"
	"sightline/backend/capture/mjpeg"
	"sightline/backend/capture/pattern"
	"sightline/backend/capture/replay"
	"sightline/backend/capture/rtsp"
	"sightline/backend/capture/sample"
	"sightline/backend/capture/screen"
	"sightline/backend/capture/shared"
	"sightline/backend/ffmpeg"
	"sightline/backend/keys"
	"sightline/backend/settings"
	"sightline/backend/windows"
)

// Sources is every kind of source, in the order in which an undecided person gets one. A camera is opened once, however many windows watch it.
// Network cameras get their logins from login.
func Sources(login capture.Login) capture.Table {
	dir := filepath.Join(windows.Dir(), "cameras")
	program := new(decoder).program
	attached := capture.Table{shared.Scheme(camera.Scheme(), dir), sample.Scheme(), sharedPattern(dir)}
	network := append(rtsp.Schemes(rtsp.Config{Login: login, Program: program}), mjpeg.Schemes(mjpeg.Config{Login: login})...)
	files := capture.Table{file.Scheme(file.Config{Program: program}), screen.Scheme(), images.Scheme(), replay.Scheme(replay.Config{Program: program})}
	return slices.Concat(attached, network, files)
}

// decoder is the ffmpeg that decodes video, as the person chose it last. It is kept, since it learns what this one can.
type decoder struct {
	mu    sync.Mutex // guards what follows
	set   string
	found *ffmpeg.Program // nil: none yet
}

func (d *decoder) program() (ffmpeg.Program, error) {
	set := settings.Open(settings.Dir(), nil).Settings().FFmpeg
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.found != nil && d.set == set {
		return *d.found, nil
	}
	found, err := ffmpeg.Find(set)
	if err != nil {
		return ffmpeg.Program{}, err // and looked for again the next time: it may have been installed
	}
	d.set, d.found = set, &found
	return found, nil
}

// loginOf is the login of network cameras: for this run in SIGHTLINE_SOURCE_LOGIN, as USER:PASSWORD, else in the keyring.
func loginOf(ring *keys.Keys) capture.Login {
	given, here := os.LookupEnv("SIGHTLINE_SOURCE_LOGIN")
	if !here {
		return ring.Login
	}
	return func(context.Context, string) (user, password string, err error) { return keys.ReadLogin(given) }
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
