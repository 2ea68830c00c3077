package main

import (
	"fmt"
	"strings"
)

// What all shells complete: the words of the command line, and files where a value or another word stands.

// short is a flag's or a command's first sentence, with nothing that means something to a shell between single quotes, or to zsh's brackets.
func short(help string) string {
	help, _, _ = strings.Cut(help, ". ")
	return strings.NewReplacer("'", "’", "[", "(", "]", ")", ":", "·").Replace(strings.TrimSuffix(help, "."))
}

// list is the names of flags, of those with a value alone where that is asked for.
func list(flags []flag, valued bool, between string) string {
	var names []string
	for _, f := range flags {
		if !valued || f.value != "" {
			names = append(names, "--"+f.name)
		}
	}
	return strings.Join(names, between)
}

// everyFlag are the flags there are, each once.
func (w words) everyFlag() []flag {
	var all []flag
	seen := map[string]bool{}
	take := func(flags []flag) {
		for _, f := range flags {
			if !seen[f.name] {
				seen[f.name] = true
				all = append(all, f)
			}
		}
	}
	take(w.window)
	for _, c := range w.commands {
		take(c.flags)
	}
	return all
}

func bash(w words) string {
	var cases strings.Builder
	var commands []string
	for _, c := range w.commands {
		commands = append(commands, c.name)
		fmt.Fprintf(&cases, "    %s) words='%s' ;;\n", c.name, list(c.flags, false, " "))
	}
	return fmt.Sprintf(`# bash completion of sightline
_sightline() {
  local word=${COMP_WORDS[COMP_CWORD]} words
  COMPREPLY=()
  case ${COMP_WORDS[COMP_CWORD - 1]} in
  %s) return ;;
  esac
  if [ "$COMP_CWORD" = 1 ]; then
    words='%s %s --help'
  else
    case ${COMP_WORDS[1]} in
%s    *) words='%s' ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _sightline sightline sightline-cli
`, list(w.everyFlag(), true, "|"), strings.Join(commands, " "), list(w.window, false, " "), cases.String(), list(w.window, false, " "))
}

func zsh(w words) string {
	var cases strings.Builder
	var commands []string
	for _, c := range w.commands {
		commands = append(commands, fmt.Sprintf("    '%s:%s'", c.name, short(c.help)))
		fmt.Fprintf(&cases, "      %s)\n        _arguments%s \\\n          '*:file:_files'\n        ;;\n", c.name, zshFlags(c.flags, "          "))
	}
	return fmt.Sprintf(`#compdef sightline sightline-cli
# zsh completion of sightline
_sightline() {
  local curcontext=$curcontext state state_descr line
  local -a commands
  local -A opt_args
  commands=(
%s
  )
  _arguments -C%s \
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
%s      esac
      ;;
  esac
}
_sightline "$@"
`, strings.Join(commands, "\n"), zshFlags(w.window, "    "), cases.String())
}

func zshFlags(flags []flag, indent string) string {
	var all strings.Builder
	for _, f := range flags {
		if f.value == "" {
			fmt.Fprintf(&all, " \\\n%s'--%s[%s]'", indent, f.name, short(f.help))
		} else {
			fmt.Fprintf(&all, " \\\n%s'--%s=[%s]:%s:_files'", indent, f.name, short(f.help), short(f.value))
		}
	}
	return all.String()
}

func fish(w words) string {
	var lines strings.Builder
	lines.WriteString("# fish completion of sightline\n")
	for _, program := range []string{"sightline", "sightline-cli"} {
		first := "complete -c " + program + " -n __fish_use_subcommand"
		fmt.Fprintln(&lines, first+" -f")
		fishFlags(&lines, first, w.window)
		for _, c := range w.commands {
			fmt.Fprintf(&lines, "%s -a %s -d '%s'\n", first, c.name, short(c.help))
			fishFlags(&lines, fmt.Sprintf("complete -c %s -n '__fish_seen_subcommand_from %s'", program, c.name), c.flags)
		}
	}
	return lines.String()
}

func fishFlags(lines *strings.Builder, start string, flags []flag) {
	for _, f := range flags {
		value := ""
		if f.value != "" {
			value = " -r"
		}
		fmt.Fprintf(lines, "%s -l %s%s -d '%s'\n", start, f.name, value, short(f.help))
	}
}
