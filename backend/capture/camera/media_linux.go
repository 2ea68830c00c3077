//go:build cgo

package camera

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/pion/mediadevices/pkg/driver"
	driverCamera "github.com/pion/mediadevices/pkg/driver/camera"
	"github.com/pion/mediadevices/pkg/frame"
)

const (
	passesJPEG     = true
	howToBeAllowed = "Run: sudo usermod -aG video $USER, then log out and in again."
)

// nodeOf reads what the driver says: a label of link;node ("usb-…-video-index0;video0", or "video0;video0" where udev made no link) and a
// name of card;bus, both empty where it could not open the node.
func nodeOf(d driver.Driver) node {
	info := d.Info()
	link, device := cutLast(info.Label)
	card, bus := cutLast(info.Name)
	n := node{driver: d, name: readable(card), key: bus, path: "/dev/" + device, order: numberOf(device)}
	if n.name == "" {
		n.doubted = true
		n.name, n.key = withoutIndex(link), withoutIndex(link)
	}
	n.key = cmp.Or(n.key, n.path)
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

func (d *mediaDevice) start(m mode) (stream, error) {
	if m.format != frame.FormatMJPEG {
		return d.startDecoded(m)
	}
	d.close() // mediadevices would decode each picture; from here on the camera is ours alone
	s, err := openJPEG(d.open.path, m)
	if err != nil {
		return nil, err
	}
	d.closer = s.close
	return s, nil
}
