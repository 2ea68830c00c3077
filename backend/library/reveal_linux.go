package library

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/godbus/dbus/v5"

	"sightline/backend/windows"
)

// Reveal shows a file or folder in the system's file manager: marked, in the folder it lies in, where the file manager can do that, else it is
// opened. The fault names the path.
func Reveal(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return notShown(path, err)
	}
	if _, err := os.Stat(path); err != nil {
		return notShown(path, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), revealWait)
	defer cancel()
	asked := ask(ctx, path)
	if asked == nil || errors.Is(asked, context.DeadlineExceeded) {
		return nil // one that has not answered by now is still starting: a second one would open beside it
	}
	if err := start(path); err != nil {
		return notShown(path, errors.Join(asked, err))
	}
	return nil
}

var errNoBus = errors.New("no session bus")

// ask asks the file manager over D-Bus (https://www.freedesktop.org/wiki/Specifications/file-manager-interface).
func ask(ctx context.Context, path string) error {
	address, err := busAddress()
	if err != nil {
		return err
	}
	bus, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer bus.Close() // nothing is under way
	item := (&url.URL{Scheme: "file", Path: path}).String()
	manager := bus.Object("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1")
	return manager.CallWithContext(ctx, "org.freedesktop.FileManager1.ShowItems", 0, []string{item}, "").Err
}

// busAddress is where the session bus is, if one runs: without one, the D-Bus client would start a bus of its own, which nobody stops.
func busAddress() (string, error) {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); strings.Contains(address, "=") {
		return address, nil
	} else if address != "" { // "autolaunch:", "disabled:"
		return "", errNoBus
	}
	socket := fmt.Sprintf("/run/user/%d/bus", os.Getuid())
	if _, err := os.Stat(socket); err != nil {
		return "", errNoBus
	}
	return "unix:path=" + socket, nil
}

// start starts what the desktop opens folders with, and waits a moment for it to say that it cannot. It may go on for as long as the folder is
// open, so it gets nothing of ours: what Wails and WebKit have open it would hold open.
func start(path string) error {
	program, err := exec.LookPath("xdg-open")
	if err != nil {
		return err
	}
	windows.CloseOnExec()
	child := exec.Command(program, path) //nolint:noctx // it outlives us
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }() // ends with the program: nobody else takes note of its end
	select {
	case err := <-ended:
		return err
	case <-time.After(revealWait):
		return nil
	}
}
