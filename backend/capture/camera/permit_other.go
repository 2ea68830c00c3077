//go:build !linux

package camera

// howToBeAllowed says where the system keeps who may use cameras.
func howToBeAllowed([]string) string {
	return "Open Settings, Privacy and security, Camera, and let desktop apps use it."
}

// holdersOf is nobody: the system does not tell.
func holdersOf([]string) []string { return nil }
