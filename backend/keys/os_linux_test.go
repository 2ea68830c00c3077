package keys

import (
	"testing"

	"sightline/backend/fault"
)

func TestWithoutASessionBusNoneIsStarted(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	t.Setenv("PATH", t.TempDir()) // where dbus-launch would be looked for
	k := New(OS())
	if set(t, k, secret) || fault.CodeOf(k.Trouble()) != CodeNone || get(t, k) != secret {
		t.Errorf("trouble %v; want the key kept for this run only", k.Trouble())
	}
}
