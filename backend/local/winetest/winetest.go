// Package winetest tells tests that run as Windows programs whether it is wine they run in.
package winetest

import "testing"

// Skip skips a test in wine, which cannot do what the test needs although Windows can: lacking says what. Nothing else is a reason.
func Skip(t testing.TB, lacking string) {
	t.Helper()
	if Here() {
		t.Skip("not in wine: " + lacking)
	}
}
