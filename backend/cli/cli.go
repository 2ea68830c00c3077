// Package cli is Sightline without a window: watch, compare, recordings, export, login, devices, doctor, windows and version. Their flags and their JSON
// are a contract.
//
// How it speaks: results go to stdout and nothing else does; what went wrong goes to stderr as a sentence, with the next step on the line
// below. Exit 0 when it did what was asked, 1 when it could not, 2 when what was asked makes no sense.
package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"unicode"

	"github.com/alecthomas/kong"

	"sightline/backend/capture"
	"sightline/backend/doctor"
	"sightline/backend/fault"
	"sightline/backend/keys"
	"sightline/backend/metrics"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/vlm"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// Parts is what the commands work with.
type Parts struct {
	Version string
	Sources capture.Table
	Servers Servers
	Store   *settings.Store
	Keys    *keys.Keys
	KeyHere bool // a key was given for this run (SIGHTLINE_API_KEY): it is for the one server that is named
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer

	Recordings func() string                              // the folder of recordings, as it is chosen now
	Index      string                                     // the file of the index of that folder
	Free       func(dir string) (bytes uint64, err error) // free space where dir is; nil: it is not watched

	Awake    func(on bool)                                                                // the machine is to stay awake, or not any more; returns at once
	Exporter func(named []settings.Backend, state func() session.State) *metrics.Exporter // tells Prometheus of a session that asks these
}

// Servers knows which asker answers for which backend.
type Servers interface {
	Builtin() vlm.Asker
	Asker(b settings.Backend, common settings.Settings, source string) (vlm.Asker, error)
	Examined(b settings.Backend, common settings.Settings) ([]doctor.Server, error)
	Leaves(b settings.Backend) bool
	Base(url string) (base, origin string, public bool, err error)
}

type commands struct {
	Watch      watchCommand      `cmd:"" help:"Ask a model about a camera's newest picture, over and over."`
	Compare    compareCommand    `cmd:"" help:"Ask several backends about the same pictures, side by side."`
	Recordings recordingsCommand `cmd:"" help:"List the recordings, or find the answers that have certain words."`
	Export     exportCommand     `cmd:"" help:"Turn a recording, or a part of it, into what other programs read."`
	Login      loginCommand      `cmd:"" help:"Keep a network camera's user name and password in the keyring."`
	Devices    devicesCommand    `cmd:"" help:"List the cameras and other sources that are here."`
	Doctor     doctorCommand     `cmd:"" help:"Check this machine, and a backend, one thing after another."`
	Windows    windowsCommand    `cmd:"" help:"List the windows that are open, and those that come back at the next start."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

type versionCommand struct{}

// Main runs the command in args (without the program's name) and gives the exit status. Ctrl-C ends it in good order.
func Main(parts Parts, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	return Run(ctx, parts, args)
}

// Run is Main within a context.
func Run(ctx context.Context, parts Parts, args []string) int {
	var c commands
	done := false
	parser, err := kong.New(&c,
		kong.Name("sightline"), kong.Description(description),
		kong.Writers(parts.Stdout, parts.Stderr), kong.Exit(func(int) { done = true }), kong.UsageOnError(),
	)
	if err != nil {
		return parts.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err := parser.Parse(args)
	switch {
	case done: // --help was shown
		return exitOK
	case err != nil:
		return parts.misuse(&fault.Error{Code: "usage", Message: sentence(err), Hint: "Run sightline --help to see what there is."})
	}
	return c.run(ctx, parts, chosen.Command())
}

func (c *commands) run(ctx context.Context, parts Parts, command string) int {
	switch command {
	case "watch":
		return c.Watch.run(ctx, parts)
	case "compare":
		return c.Compare.run(ctx, parts)
	case "recordings":
		return c.Recordings.run(ctx, parts)
	case "export <recording>":
		return c.Export.run(ctx, parts)
	case "login <address>":
		return c.Login.run(ctx, parts)
	case "devices":
		return c.Devices.run(ctx, parts)
	case "windows":
		return c.Windows.run(ctx, parts)
	case "doctor":
		return c.Doctor.run(ctx, parts)
	default:
		fmt.Fprintln(parts.Stdout, "sightline "+parts.Version)
		return exitOK
	}
}

// fail tells of a failure; misuse of a request that makes no sense.
func (p Parts) fail(err error) int {
	p.Tell(err)
	return exitFailed
}

func (p Parts) misuse(err error) int {
	p.Tell(err)
	return exitUsage
}

// Tell writes a fault as a person reads it. What is not a fault, and a fault nobody knows, shows its detail: there is no log to look in.
func (p Parts) Tell(err error) {
	f := fault.From(err)
	fmt.Fprintln(p.Stderr, f.Message)
	if f.Code == fault.CodeUnexpected && f.Cause != nil {
		fmt.Fprintln(p.Stderr, "  "+f.Cause.Error())
	}
	if f.Hint != "" {
		fmt.Fprintln(p.Stderr, "  "+f.Hint)
	}
}

// writeJSON writes one object on one line.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// sentence makes a parser's message one.
func sentence(err error) string {
	s := []rune(err.Error())
	if len(s) == 0 {
		return "That is not understood."
	}
	return string(append([]rune{unicode.ToUpper(s[0])}, s[1:]...)) + "."
}
