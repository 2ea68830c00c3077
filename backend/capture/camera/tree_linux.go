package camera

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// tree is where the system shows what it knows of its devices: "/" but in tests.
type tree string

const root tree = "/"

func (t tree) class(device string) string {
	return filepath.Join(string(t), "sys/class/video4linux", device)
}

// usbOf is what the system knows of the USB camera behind /dev/DEVICE, without opening it; false where it is no USB camera.
func (t tree) usbOf(device string) (usb, bool) {
	function, err := filepath.EvalSymlinks(filepath.Join(t.class(device), "device"))
	if err != nil {
		return usb{}, false
	}
	body := filepath.Dir(function)
	u := usb{
		vendor: word(body, "idVendor"), product: word(body, "idProduct"), serial: word(body, "serial"),
		function: word(function, "bInterfaceNumber"), port: word(body, "devpath"), controller: controllerOf(body),
		place: "USB port " + filepath.Base(body),
	}
	return u, u.vendor != "" && u.product != "" && u.port != ""
}

// controllerOf is what the root hub above a USB device hangs on: …/0000:00:14.0/usb1/1-2/1-2.3.
func controllerOf(body string) string {
	for dir := body; len(dir) > 1; dir = filepath.Dir(dir) {
		if number, ok := strings.CutPrefix(filepath.Base(dir), "usb"); ok && strings.Trim(number, "0123456789") == "" {
			return filepath.Base(filepath.Dir(dir))
		}
	}
	return ""
}

// deviceOf is the device behind /dev/DEVICE as the system calls it: "vivid.0".
func (t tree) deviceOf(device string) string {
	path, err := filepath.EvalSymlinks(filepath.Join(t.class(device), "device"))
	if err != nil {
		return ""
	}
	return filepath.Base(path)
}

func (t tree) nameOf(device string) string { return word(t.class(device), "name") }

// isVirtual says that a program makes the pictures, which may offer others the next time.
func (t tree) isVirtual(device string) bool {
	path, err := filepath.EvalSymlinks(t.class(device))
	return err == nil && strings.Contains(path, "/devices/virtual/")
}

// stampOf changes whenever the node is made anew, and whenever its permissions change. Where a container holds a node of its own, the
// system's own note of the device tells instead.
func (t tree) stampOf(device string) string {
	return stampOf(filepath.Join(string(t), "dev", device)) + stampOf(t.class(device))
}

func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "-"
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%d.%d.%d.%d,", s.Ino, s.Rdev, s.Ctim.Sec, s.Ctim.Nsec)
}

// word is the one line of a file of the system's.
func word(dir, name string) string {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}
