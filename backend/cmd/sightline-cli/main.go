// Command sightline-cli is Sightline's commands alone, without a window: for servers, and for a console on Windows.
package main

import (
	"os"

	"sightline/backend/cli"
	"sightline/backend/wiring"
)

func main() {
	os.Exit(cli.Main(wiring.Parts(os.Stdout, os.Stderr), os.Args[1:]))
}
