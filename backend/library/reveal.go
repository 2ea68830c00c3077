package library

import (
	"fmt"
	"time"

	"sightline/backend/fault"
)

// revealWait is how long a file manager has to answer. It may have to start first; what it does after that it does without us.
const revealWait = 2 * time.Second

func notShown(path string, cause error) error {
	return &fault.Error{
		Code: "reveal.none", Message: "No file manager could be opened.", Hint: fmt.Sprintf("The folder is %s.", path), Blame: fault.Us, Cause: cause,
	}
}
