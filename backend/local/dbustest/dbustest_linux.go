// Package dbustest gives tests a D-Bus of their own.
package dbustest

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// The variables in which a process finds its buses.
const (
	Session = "DBUS_SESSION_BUS_ADDRESS"
	System  = "DBUS_SYSTEM_BUS_ADDRESS"
)

// Start starts a bus that ends with the test, and names it to this process as its Session or its System.
func Start(t *testing.T, variable string) (address string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address", "--address=unix:path="+filepath.Join(t.TempDir(), "bus"))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal("the package dbus is needed:", err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(line)
	t.Setenv(variable, address)
	return address
}

// Present puts a service on a bus until the test ends: object answers as its interface, at the path that goes with its name.
func Present(t *testing.T, address, name, as string, object any) {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	path := dbus.ObjectPath("/" + strings.ReplaceAll(name, ".", "/"))
	if err := conn.Export(object, path, as); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}
