//go:build cgo

package camera

import (
	"errors"
	"strings"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"
	"golang.org/x/sys/windows/registry"
)

const (
	passesJPEG  = false
	tellsUnplug = false
)

// nodeOf reads the label, which is the camera's moniker; DirectShow's driver has no nodes, and knows no name.
func nodeOf(d driver.Driver) node {
	moniker := d.Info().Label
	n := node{identity: monikerIdentity(moniker), driver: d, name: friendlyName(moniker)}
	n.place = location(moniker)
	return n
}

// start delivers what mediadevices makes of the pictures. A camera that refuses has been closed by mediadevices already: closed once more, it
// would take with it whatever has got its place since.
func (d *mediaDevice) start(m mode) (stream, error) {
	recorder, ok := d.open.driver.(driver.VideoRecorder)
	if !ok {
		return nil, errors.New("the driver records no video") // never: isCamera has looked
	}
	reader, err := recorder.VideoRecord(prop.Media{Video: prop.Video{
		Width: m.width, Height: m.height, FrameRate: float32(m.rate), FrameFormat: m.format,
	}})
	if err != nil {
		d.closer = nil
		return nil, err
	}
	return mediaStream{reader}, nil
}

type mediaStream struct{ reader video.Reader }

func (s mediaStream) read() (shot, error) {
	img, _, err := s.reader.Read() // its release does nothing: the picture stays until the next read
	return shot{img: img}, err
}

// friendlyName is the name that Windows shows for a camera, from where DirectShow itself finds it.
func friendlyName(moniker string) string {
	root, path := registryPath(moniker)
	if path == "" {
		return "Camera"
	}
	if name := readable(registryText(root, path, "FriendlyName")); name != "" {
		return name
	}
	return "Camera"
}

// location is where Windows says that the camera is plugged in: "Port_#0002.Hub_#0001".
func location(moniker string) string {
	device, ok := strings.CutPrefix(moniker, `@device:pnp:\\?\`)
	if !ok {
		return ""
	}
	instance, _, _ := strings.Cut(device, "#{")
	return registryText(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Enum\`+strings.ReplaceAll(instance, "#", `\`), "LocationInformation")
}

func registryText(root registry.Key, path, name string) string {
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer key.Close()
	text, _, err := key.GetStringValue(name)
	if err != nil {
		return ""
	}
	return text
}

// registryPath turns a moniker into the key with the camera's properties. Cameras with a driver of Windows are
//
//	@device:pnp:\\?\usb#vid_046d&pid_082d#…#{65e8773d-…}\global
//
// and those a program makes @device:sw:{category}\{instance}.
func registryPath(moniker string) (registry.Key, string) {
	if device, ok := strings.CutPrefix(moniker, `@device:pnp:\\?\`); ok {
		i, j := strings.LastIndexByte(device, '{'), strings.LastIndexByte(device, '}')
		if i < 0 || j < i {
			return 0, ""
		}
		return registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Control\DeviceClasses\` + device[i:j+1] +
			`\##?#` + device[:j+1] + `\#` + strings.TrimPrefix(device[j+1:], `\`) + `\Device Parameters`
	}
	if program, ok := strings.CutPrefix(moniker, `@device:sw:`); ok {
		category, instance, _ := strings.Cut(program, `\`)
		return registry.CLASSES_ROOT, `CLSID\` + category + `\Instance\` + instance
	}
	return 0, ""
}
