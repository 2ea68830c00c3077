// Command manual writes the manual page and the shells' completions of the command line, from the command line itself.
//
//	manual man VERSION DATE
//	manual bash|zsh|fish
package main

import (
	"errors"
	"fmt"
	"os"

	"sightline/backend/cli"
)

func main() {
	text, err := write(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Print(text)
}

var errUsage = errors.New("usage: manual man VERSION DATE, or manual bash|zsh|fish")

func write(args []string) (string, error) {
	commandLine, window, err := cli.Grammar()
	if err != nil {
		return "", err
	}
	w := wordsOf(commandLine, window)
	switch {
	case len(args) == 3 && args[0] == "man":
		return page(w, args[1], args[2]), nil
	case len(args) != 1:
		return "", errUsage
	}
	switch args[0] {
	case "bash":
		return bash(w), nil
	case "zsh":
		return zsh(w), nil
	case "fish":
		return fish(w), nil
	}
	return "", errUsage
}
