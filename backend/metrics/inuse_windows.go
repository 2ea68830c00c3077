package metrics

import (
	"errors"

	"golang.org/x/sys/windows"
)

// inUse says whether somebody listens at an address already. Who wants it for himself alone is met as a lack of permission.
func inUse(err error) bool {
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}
