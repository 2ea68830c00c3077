package windows

import (
	"os"
	"time"

	"sightline/backend/fault"
	"sightline/backend/keys"
)

// keysWait is how long a window waits for its keys, which were on their way before it began.
const keysWait = 5 * time.Second

// TakeKeys takes the keys that the window which opened this one sends on stdin, and closes that. A program started with FlagKeys calls it
// once, before anything else may read stdin or open a file. A pipe that stays silent longer than 5 s is left behind.
func TakeKeys(ring *keys.Keys) error {
	pipe := os.Stdin
	taken := make(chan error, 1)
	go func() {
		err := ring.Take(pipe)
		_ = pipe.Close() // it was read to its end, or is of no use
		taken <- err
	}()
	defer func() { os.Stdin, _ = os.Open(os.DevNull) }() // what is opened next must not become stdin
	select {
	case err := <-taken:
		return err
	case <-time.After(keysWait):
		return &fault.Error{
			Code: keys.CodeHanded, Message: "The keys of the window that opened this one did not come.",
			Hint: "Enter the key again where it is asked for.", Blame: fault.Us,
		}
	}
}
