// Package local listens and dials where only this person's own processes can: a Unix socket, on Windows a named pipe.
package local

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"time"

	"sightline/backend/fault"
)

// Codes of the faults given here.
const (
	CodePath   = "local.path"   // the path is too long for a socket
	CodeFolder = "local.folder" // the folder cannot be made, or is not this person's alone
	CodeTaken  = "local.taken"  // somebody listens there already, or something else lies there
	CodeListen = "local.listen" // the system does not let us listen
	CodeSilent = "local.silent" // nobody listens there
)

// patience is how long Dial waits where its context sets no deadline.
const patience = 2 * time.Second

// Listen waits for this person's processes at path, whose folder it makes where it is missing (see Folder). What a listener that is gone has
// left there is taken away first. So that two who start at the same moment do not take each other's socket for a leftover, callers hold a
// lock for that name, from before Listen until they have closed the listener. Closing it takes the socket away.
func Listen(path string) (net.Listener, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, &fault.Error{Code: CodeListen, Message: "The current folder cannot be found.", Hint: "Start Sightline from a folder that exists.", Blame: fault.Us, Cause: err}
	}
	if err := fits(path); err != nil {
		return nil, err
	}
	if err := Folder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return listen(path)
}

// Dial connects to who listens at path. It gives up at ctx's end, where ctx has no deadline also after two seconds. Where nobody listens it
// fails at once. Who speaks waits for an answer: what is said by somebody who leaves at once nobody may hear (Windows).
func Dial(ctx context.Context, path string) (net.Conn, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, silent(path, err)
	}
	if err := fits(path); err != nil {
		return nil, err
	}
	if _, bounded := ctx.Deadline(); !bounded {
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		ctx = limited
	}
	conn, err := dial(ctx, path)
	if err != nil {
		return nil, silent(path, err)
	}
	return conn, nil
}

// Folder makes dir where it is missing, and lets nobody else in. One that somebody else has laid there in advance is refused, and so is one
// that is meant to be shared, such as /tmp itself.
func Folder(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = ours(dir)
	}
	if err == nil {
		return nil
	}
	return &fault.Error{
		Code: CodeFolder, Message: "The folder " + dir + " cannot be kept private.",
		Hint: "Check that it is yours and can be written, or remove it: Sightline makes it again.", Blame: fault.Us, Cause: err,
	}
}

func taken(path string, cause error) error {
	return &fault.Error{
		Code: CodeTaken, Message: "The place " + path + " is in use already.",
		Hint: "Close the program that uses it, or remove that file.", Blame: fault.Us, Cause: cause,
	}
}

func unheard(path string, cause error) error {
	return &fault.Error{
		Code: CodeListen, Message: "Sightline cannot listen at " + path + ".",
		Hint: "Check that the folder can be written and its disk has room.", Blame: fault.Us, Cause: cause,
	}
}

func silent(path string, cause error) error {
	return &fault.Error{
		Code: CodeSilent, Message: "Nobody answers at " + path + ".",
		Hint: "Check that the other window is still open.", Blame: fault.Us, Cause: cause,
	}
}
