//go:build !linux

package windows

// Fresh gives the arguments as they are without the flag that is for Linux: here a child inherits what it is given and nothing else.
func Fresh(args []string) []string {
	if len(args) > 0 && args[0] == flagFresh {
		return args[1:]
	}
	return args
}
