package awake

import (
	"context"
	"errors"
	"runtime"

	"golang.org/x/sys/windows"
)

// What a thread can say that it needs (winbase.h).
const (
	esContinuous     = 0x80000000 // from now on
	esSystemRequired = 0x00000001
)

// hold has a thread say that it needs the system, until it says that it does not. It is one of its own, since Windows forgets what a thread said
// when that ends. Windows wants no reason.
func hold(context.Context, string) (letGo func(), err error) {
	held, released, done := make(chan error, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := need(esContinuous | esSystemRequired); err != nil {
			held <- err
			return
		}
		held <- nil
		<-released
		_ = need(esContinuous) // it worked before
	}()
	if err := <-held; err != nil {
		<-done
		return nil, err
	}
	return func() { close(released); <-done }, nil
}

// need gives no answer later than at once: Windows only notes it.
func need(state uintptr) error {
	set := windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")
	if err := set.Find(); err != nil {
		return err
	}
	if before, _, _ := set.Call(state); before == 0 {
		return errors.New("SetThreadExecutionState refused")
	}
	return nil
}
