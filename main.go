// Sightline watches a live camera with any vision-language model: in a window, or with a command on the terminal.
package main

import (
	"context"
	"embed"
	"os"

	"sightline/backend/cli"
	"sightline/backend/journal"
	"sightline/backend/windows"
	"sightline/backend/wiring"
)

//go:embed all:frontend/dist
var page embed.FS

//go:embed build/appicon.png
var icon []byte

//go:embed NOTICE
var notice string

func main() {
	args := windows.Fresh(os.Args[1:])
	parts := wiring.Parts(os.Stdout, os.Stderr)
	if !cli.IsWindow(args) {
		os.Exit(cli.Main(parts, args))
	}
	os.Exit(parts.OpenWindow(context.Background(), args, func(place *windows.Window) error {
		defer journal.Open()()
		crashed, done := journal.Guard(place.ID, cli.Version)
		defer done()
		return runApp(place, parts.Keys, crashed)
	}))
}
