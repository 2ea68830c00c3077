//go:build cgo

package camera

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes files of a system that is not there: "sys/…/idVendor=046d", and links: "dev/a->b".
func write(t *testing.T, files ...string) tree {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		name, text, isFile := strings.Cut(f, "=")
		link, to, isLink := strings.Cut(f, "->")
		if isLink {
			name = link
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case isLink:
			if strings.HasPrefix(to, "sys") {
				to = filepath.Join(dir, to)
			}
			err = os.Symlink(to, path)
		case isFile:
			err = os.WriteFile(path, []byte(text+"\n"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return tree(dir)
}

const hub = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1"

func TestAUSBCameraIsKnownByWhatTheSystemSaysOfIt(t *testing.T) {
	body := hub + "/1-1.2"
	r := write(t,
		body+"/idVendor=046d", body+"/idProduct=0892", body+"/serial=ABCD1234", body+"/devpath=1.2",
		body+"/1-1.2:1.0/bInterfaceNumber=00", body+"/1-1.2:1.2/bInterfaceNumber=02",
		body+"/1-1.2:1.0/video4linux/video0/name=HD Pro Webcam C920", body+"/1-1.2:1.2/video4linux/video2/name=HD Pro Webcam C920 IR",
		"sys/class/video4linux/video0->"+body+"/1-1.2:1.0/video4linux/video0", body+"/1-1.2:1.0/video4linux/video0/device->"+body+"/1-1.2:1.0",
		"sys/class/video4linux/video2->"+body+"/1-1.2:1.2/video4linux/video2", body+"/1-1.2:1.2/video4linux/video2/device->"+body+"/1-1.2:1.2",
	)
	n := nodeIn(r, named("video0;video0", "HD Pro Webcam C920;usb-0000:00:14.0-1.2"))
	if n.id() != "usb-046d-0892-ABCD1234" || n.key != "usb-046d-0892-at-0000-00-14.0-1.2" || n.place != "USB port 1-1.2" || n.fickle {
		t.Errorf("got %+v", n)
	}
	if infrared := nodeIn(r, named("video2;video2", "HD Pro Webcam C920;usb-0000:00:14.0-1.2")); infrared.key == n.key || infrared.id() == n.id() {
		t.Errorf("the second camera in the same body has the key %s and the id %s", infrared.key, infrared.id())
	}
	forbidden := nodeIn(r, named("video0;video0", ";"))
	if forbidden.id() != n.id() || forbidden.key != n.key || forbidden.name != n.name || !forbidden.doubted {
		t.Errorf("forbidden it is another: %+v", forbidden)
	}
}

func TestACameraMadeByAProgramMayOfferSomethingElseTheNextTime(t *testing.T) {
	r := write(t,
		"sys/devices/virtual/video4linux/video4/name=OBS Virtual Camera", "sys/class/video4linux/video4->sys/devices/virtual/video4linux/video4",
	)
	n := nodeIn(r, named("video4;video4", "OBS Virtual Camera;platform:v4l2loopback-000"))
	if n.id() != "at-platform-v4l2loopback-000" || !n.fickle || n.place != "/dev/video4" {
		t.Errorf("got %+v", n)
	}
}

func TestACameraThatWasPluggedInAgainHasAnotherStamp(t *testing.T) {
	r := write(t, "dev/video0=")
	path := filepath.Join(string(r), "dev/video0")
	before := r.stampOf("video0")
	if before != r.stampOf("video0") {
		t.Error("it changes by itself")
	}
	if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if before == r.stampOf("video0") {
		t.Error("another node has the same stamp")
	}
}

func TestWhoHoldsTheCameraIsNamed(t *testing.T) {
	r := write(t,
		"proc/10/comm=cheese", "proc/10/fd/4->/dev/null", "proc/10/fd/7->/dev/video2",
		"proc/11/comm=bash", "proc/11/fd/0->/dev/pts/0",
		"proc/12/comm=sightline", "proc/12/fd/3->/dev/video2",
		"proc/13/fd/3->/dev/video3",
		"proc/self->12", "proc/meminfo=1",
	)
	if err := os.MkdirAll(filepath.Join(string(r), "proc/14/fd"), 0); err != nil { // another person's
		t.Fatal(err)
	}
	if got := r.holdersOf([]string{"/dev/video2", "/dev/video3"}, 12); !slices.Equal(got, []string{"cheese (10)", "another program (13)"}) {
		t.Errorf("got %q", got)
	}
	if got := r.holdersOf(nil, 12); got != nil {
		t.Errorf("a camera without a node is held by %q", got)
	}
	if got := tree("/nonexistent").holdersOf([]string{"/dev/video2"}, 12); got != nil {
		t.Errorf("without /proc: %q", got)
	}
}

func TestWhoMayUseTheCameraIsSaidInACommand(t *testing.T) {
	dir := t.TempDir()
	for name, tc := range map[string]struct {
		mode os.FileMode
		gid  int
		want string
	}{
		"video":  {0o660, 4_000_000, "Run: sudo usermod -aG 4000000 $USER, then log out and in again."},
		"nobody": {0o600, 4_000_000, "Run: sudo setfacl -m u:$USER:rw " + filepath.Join(dir, "nobody") + ", which holds until it is plugged in again."},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tc.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, -1, tc.gid); err != nil {
			continue // only root may give files away
		}
		if got := howToBeAllowed([]string{path}); got != tc.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := howToBeAllowed(nil); !strings.Contains(got, "Ask") {
		t.Errorf("without a path: %s", got)
	}
}
