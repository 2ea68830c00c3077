//go:build !cgo || !(linux || windows)

package camera

const passesJPEG = false

// media stands in where mediadevices' driver cannot be built.
type media struct{}

func (media) list() ([]attached, error) {
	return nil, sourceFault("camera.unbuilt", nil, "This build of Sightline has no cameras.", "Use a build with cgo, for Linux or Windows.")
}

func (media) tells() bool { return true }
