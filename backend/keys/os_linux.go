package keys

import (
	"fmt"
	"os"
)

// keyringPossible says whether a session bus runs, on which the Secret Service would answer. Without one, the D-Bus client would start a bus of
// its own, which nobody stops and on which no keyring lives.
func keyringPossible() bool {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return address != "autolaunch:" && address != "disabled:"
	}
	_, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid()))
	return err == nil
}
