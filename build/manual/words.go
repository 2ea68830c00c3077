package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// words are those of the command line: the commands with their flags, and the flags of a window, which is no command.
type words struct {
	commands []command
	window   []flag
	about    string // the program, in a sentence
	aboutWin string // a window, in some
}

// command is one of the command line's, with what stands after it.
type command struct {
	name, help, args string
	flags            []flag
}

// flag is one that a person may use. Its value is named, or empty where it has none.
type flag struct{ name, help, value string }

func wordsOf(commandLine, window *kong.Application) words {
	about, _, _ := strings.Cut(commandLine.Help, "\n")
	w := words{window: flagsOf(window.Node), about: about, aboutWin: window.Help}
	for _, c := range commandLine.Children {
		if !c.Hidden {
			w.commands = append(w.commands, command{c.Name, c.Help, argsOf(c), flagsOf(c)})
		}
	}
	return w
}

func argsOf(n *kong.Node) string {
	var args []string
	for _, a := range n.Positional {
		args = append(args, a.Summary())
	}
	return strings.Join(args, " ")
}

func flagsOf(n *kong.Node) []flag {
	var flags []flag
	for _, f := range n.Flags {
		if f.Hidden || f.Name == "help" {
			continue
		}
		value := ""
		if !f.IsBool() {
			value = f.FormatPlaceHolder()
		}
		flags = append(flags, flag{f.Name, f.Help, value})
	}
	slices.SortFunc(flags, func(a, b flag) int { return strings.Compare(a.name, b.name) })
	return flags
}
