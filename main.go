// Sightline watches a live camera with any vision-language model: in a window, or with a command on the terminal.
package main

import (
	"embed"
	"fmt"
	"os"

	"sightline/backend/cli"
	"sightline/backend/windows"
	"sightline/backend/wiring"
)

//go:embed all:frontend/dist
var page embed.FS

//go:embed build/appicon.png
var icon []byte

func main() {
	if id, isWindow := windowAsked(os.Args[1:]); isWindow {
		os.Exit(openWindow(id))
	}
	os.Exit(cli.Main(wiring.Parts(os.Stdout, os.Stderr), os.Args[1:]))
}

// windowAsked says whether the arguments ask for a window, and for which: none at all do, and --window ID.
func windowAsked(args []string) (id string, isWindow bool) {
	switch {
	case len(args) == 0:
		return "main", true
	case len(args) == 2 && args[0] == "--window":
		return args[1], true
	}
	return "", false
}

func openWindow(id string) int {
	if !windows.DisplayHere() {
		fmt.Fprintln(os.Stderr, "There is no display here to open a window on.")
		fmt.Fprintln(os.Stderr, "  Run sightline watch for the same session in this terminal.")
		return 1
	}
	if err := runApp(id); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
