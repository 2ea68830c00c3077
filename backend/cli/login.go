package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"sightline/backend/capture"
)

type loginCommand struct {
	Address string `arg:"" help:"The camera's address, without password: rtsp://HOST/PATH." placeholder:"URL"`
	User    string `help:"The user name; asked for unless named here or in the address." placeholder:"NAME"`
	Forget  bool   `help:"Forget the saved login instead."`
}

// run keeps a network camera's login in the keyring. The password is asked for in the terminal, or read as a line from stdin: never from an argument,
// which every process of the machine can read.
func (c *loginCommand) run(ctx context.Context, parts Parts) int {
	address, user, password, err := capture.SplitLogin(c.Address)
	if err == nil && password != "" {
		err = usage("A password must not stand on the command line: every process here can read it.", "Leave it out: it is asked for, or read from stdin.")
	}
	if err == nil {
		_, err = parts.Sources.Open(address)
	}
	if err != nil {
		return parts.misuse(err)
	}
	if c.Forget {
		if err := parts.Keys.DeleteLogin(ctx, address); err != nil {
			return parts.fail(err)
		}
		return exitOK
	}
	lines := bufio.NewReader(io.LimitReader(parts.Stdin, maxLine))
	user = cmp.Or(c.User, user)
	if user == "" {
		if user, err = parts.ask(lines, "User: ", false); err != nil {
			return parts.misuse(err)
		}
	}
	if password, err = parts.ask(lines, "Password: ", true); err != nil {
		return parts.misuse(err)
	}
	return parts.keep(ctx, address, user, password)
}

func (p Parts) keep(ctx context.Context, address, user, password string) int {
	persisted, err := p.Keys.SetLogin(ctx, address, user, password)
	if err != nil {
		return p.fail(err)
	}
	if !persisted {
		return p.fail(usage("There is no keyring here that would keep the login.", "Give it to each run in SIGHTLINE_SOURCE_LOGIN=USER:PASSWORD instead."))
	}
	fmt.Fprintln(p.Stderr, "Saved for "+address)
	return exitOK
}

// maxLine is the longest input that is read, in bytes.
const maxLine = 4096

// ask reads a line: from a terminal after a prompt, where it is hidden for a secret; else as it comes.
func (p Parts) ask(lines *bufio.Reader, prompt string, secret bool) (string, error) {
	file, isFile := p.Stdin.(*os.File)
	terminal := isFile && term.IsTerminal(int(file.Fd()))
	if terminal {
		fmt.Fprint(p.Stderr, prompt)
	}
	if terminal && secret {
		typed, err := term.ReadPassword(int(file.Fd()))
		fmt.Fprintln(p.Stderr)
		if err != nil {
			return "", usage("No password was typed.", "Type it, or give it as a line on stdin.")
		}
		return string(typed), nil
	}
	line, err := lines.ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line != "" {
		return line, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", usage("The login could not be read.", "Give user name and password as two lines on stdin.")
	}
	return "", usage("The login is not whole.", "Give user name and password as two lines on stdin.")
}
