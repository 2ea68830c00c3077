package cli

import (
	"io"

	"github.com/alecthomas/kong"
)

// Grammar is what the command line knows, for its manual and its completions: the commands, and the flags of a window, which is no command.
func Grammar() (commandLine, window *kong.Application, err error) {
	mute := kong.Writers(io.Discard, io.Discard)
	all, err := kong.New(&commands{}, kong.Name("sightline"), kong.Description(description), mute)
	if err != nil {
		return nil, nil, err
	}
	alone, err := kong.New(&windowFlags{}, kong.Name("sightline"), kong.Description(windowDescription), mute)
	if err != nil {
		return nil, nil, err
	}
	return all.Model, alone.Model, nil
}

const (
	description = "Watches a live camera with any vision-language model.\n\n" +
		"Alone it opens a window; sightline --window ID --help says more of those."
	windowDescription = "Opens a window, with these choices laid over those it was left with. A window that is open is raised as it is."
)
