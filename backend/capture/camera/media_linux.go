//go:build cgo

package camera

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pion/mediadevices/pkg/driver"
	driverCamera "github.com/pion/mediadevices/pkg/driver/camera"
)

const (
	passesJPEG  = true
	tellsUnplug = true
)

// nodeOf reads what the driver says: a label of link;node ("usb-…-video-index0;video0", or "video0;video0" where udev made no link) and a
// name of card;bus, both empty where it could not open the node. The rest is what the system knows without opening anything.
func nodeOf(d driver.Driver) node { return nodeIn(root, d) }

func nodeIn(r tree, d driver.Driver) node {
	info := d.Info()
	link, device := cutLast(info.Label)
	card, bus := cutLast(info.Name)
	n := node{driver: d, path: "/dev/" + device, order: numberOf(device), doubted: card == "" && bus == ""}
	n.name = readable(cmp.Or(card, r.nameOf(device), withoutIndex(link)))
	n.stamp, n.fickle = r.stampOf(device), r.isVirtual(device)
	if u, ok := r.usbOf(device); ok {
		n.identity = u.identity()
		return n
	}
	n.key = "at-" + cleanID(cmp.Or(bus, r.deviceOf(device), device))
	n.place = n.path
	return n
}

func cutLast(s string) (before, after string) {
	i := strings.LastIndex(s, driverCamera.LabelSeparator)
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i+len(driverCamera.LabelSeparator):]
}

// withoutIndex is the part of a link that all nodes of a camera share.
func withoutIndex(link string) string {
	camera, _, _ := strings.Cut(link, "-video-index")
	return camera
}

// numberOf is the 0 of video0; what has no number comes last.
func numberOf(device string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(device, "video"))
	if err != nil {
		return math.MaxInt
	}
	return n
}

// start lets go of the camera, which mediadevices has only asked what it offers: from here on it is ours alone.
func (d *mediaDevice) start(m mode) (stream, error) {
	d.close()
	s, err := openV4L2(d.open.path, m)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", d.open.path, err)
	}
	d.closer = s.close
	return s, nil
}
