package awake

import (
	"context"
	"os"

	"github.com/godbus/dbus/v5"
)

// hold asks logind for an inhibitor lock (https://systemd.io/INHIBITOR_LOCKS): it lasts for as long as a descriptor is open, and needs no
// connection.
func hold(ctx context.Context, why string) (letGo func(), err error) {
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer func() { _ = bus.Close() }() // nothing is under way
	var lock dbus.UnixFD
	logind := bus.Object("org.freedesktop.login1", "/org/freedesktop/login1")
	call := logind.CallWithContext(ctx, "org.freedesktop.login1.Manager.Inhibit", 0, "sleep:idle", "Sightline", why, "block")
	if err := call.Store(&lock); err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(lock), "inhibitor lock")
	return func() { _ = file.Close() }, nil // there is nothing else to be done about it
}
