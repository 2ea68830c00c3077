//go:build cgo && (linux || windows)

package camera

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/pion/mediadevices/pkg/driver"
	driverCamera "github.com/pion/mediadevices/pkg/driver/camera"
	"github.com/pion/mediadevices/pkg/prop"
)

// listing guards mediadevices' list of drivers. It belongs to the package because that list does: there is one for the whole process,
// whatever we do.
var listing sync.Mutex //nolint:gochecknoglobals // what it guards is global

// media is the machine's real cameras.
type media struct{}

func (media) list() ([]attached, error) {
	var nodes []node
	for _, d := range relist() {
		if n := nodeOf(d); !n.doubted || n.mayBeCamera() {
			nodes = append(nodes, n)
		}
	}
	return cameras(nodes), nil
}

func (media) tells() bool { return tellsUnplug }

// relist makes mediadevices look anew. On Linux that forgets the cameras of the last list by itself, on Windows it does not.
func relist() []driver.Driver {
	listing.Lock()
	defer listing.Unlock()
	for _, d := range driver.GetManager().Query(isCamera) {
		driver.GetManager().Delete(d.ID())
	}
	driverCamera.Initialize()
	return driver.GetManager().Query(isCamera)
}

func isCamera(d driver.Driver) bool {
	_, video := d.(driver.VideoRecorder)
	return video && d.Info().DeviceType == driver.Camera
}

// node is what the driver lists: a camera, or one of the several a camera can have (Linux gives each a second for its metadata).
type node struct {
	identity // the same for all nodes of a camera
	driver   driver.Driver
	name     string // as a person knows the camera
	path     string // "/dev/video0"; empty on Windows
	stamp    string // another one each time the camera is plugged in; empty where the system tells none
	order    int
	doubted  bool // the driver could not look into it
	fickle   bool // what it offers changes while it stays where it is
}

// mayBeCamera tries a node that the driver could not look into. The system refuses a camera with a number (no permission); what the driver
// refuses by itself is none.
func (n node) mayBeCamera() bool {
	err := n.driver.Open()
	if err == nil {
		_ = n.driver.Close()
		return true
	}
	var number syscall.Errno
	return errors.As(err, &number)
}

// cameras makes one camera of all nodes that belong together, in the nodes' order.
func cameras(nodes []node) []attached {
	slices.SortFunc(nodes, func(a, b node) int { return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.key, b.key)) })
	var order []string
	together := make(map[string][]node)
	for _, n := range nodes {
		if together[n.key] == nil {
			order = append(order, n.key)
		}
		together[n.key] = append(together[n.key], n)
	}
	found := make([]attached, len(order))
	for i, key := range order {
		own := together[key]
		found[i] = attached{
			identity: own[0].identity, name: own[0].name, stamp: own[0].stamp, fickle: own[0].fickle,
			device: func() device { return &mediaDevice{nodes: own} },
		}
		for _, n := range own {
			if n.path != "" {
				found[i].paths = append(found[i].paths, n.path)
			}
		}
	}
	return found
}

// mediaDevice is one use of a camera by mediadevices.
type mediaDevice struct {
	nodes  []node
	open   node         // the one in use
	closer func() error // nil while there is nothing to close
}

// modes opens the first of the camera's nodes that delivers pictures.
func (d *mediaDevice) modes() ([]mode, error) {
	var refused error
	for _, n := range d.nodes {
		if err := n.driver.Open(); err != nil {
			if refused == nil {
				refused = err
			}
			continue
		}
		d.open, d.closer = n, n.driver.Close
		if modes := modesOf(n.driver.Properties()); len(modes) > 0 {
			return modes, nil
		}
		d.close()
	}
	return nil, refused
}

// close ignores what the driver says: a camera that closes badly is nobody's to mend, and it may be gone.
func (d *mediaDevice) close() {
	if d.closer != nil {
		_ = d.closer()
		d.closer = nil
	}
}

func modesOf(properties []prop.Media) []mode {
	modes := make([]mode, len(properties))
	for i, p := range properties {
		modes[i] = mode{width: p.Width, height: p.Height, rate: float64(p.FrameRate), format: p.FrameFormat}
		if math.IsInf(modes[i].rate, 0) || math.IsNaN(modes[i].rate) {
			modes[i].rate = 0
		}
	}
	return modes
}
