//go:build cgo

package camera

import (
	"strings"

	"github.com/pion/mediadevices/pkg/driver"
	"golang.org/x/sys/windows/registry"
)

const (
	passesJPEG     = false
	howToBeAllowed = "Open Settings, Privacy and security, Camera, and let desktop apps use it."
)

// nodeOf reads the label, which is the camera's moniker; DirectShow's driver has no nodes, and knows no name.
func nodeOf(d driver.Driver) node {
	moniker := d.Info().Label
	return node{driver: d, key: moniker, name: friendlyName(moniker)}
}

func (d *mediaDevice) start(m mode) (stream, error) { return d.startDecoded(m) }

// friendlyName is the name that Windows shows for a camera, from where DirectShow itself finds it.
func friendlyName(moniker string) string {
	root, path := registryPath(moniker)
	if path == "" {
		return "Camera"
	}
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return "Camera"
	}
	defer key.Close()
	name, _, err := key.GetStringValue("FriendlyName")
	if err != nil || readable(name) == "" {
		return "Camera"
	}
	return readable(name)
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
