package mjpeg

import (
	"sync/atomic"
	"time"
)

// watchdog barks when nothing has been put before it for too long, once. It belongs to one goroutine; the bark comes from another.
type watchdog struct {
	timer    *time.Timer
	patience time.Duration
	fed      atomic.Bool
}

// watch waits first for what comes first, and then patience for each that follows. bark is told whether anything had come.
func watch(first, patience time.Duration, bark func(fed bool)) *watchdog {
	w := &watchdog{patience: patience}
	w.timer = time.AfterFunc(first, func() { bark(w.fed.Load()) })
	return w
}

// allow changes the patience from the next feeding on.
func (w *watchdog) allow(patience time.Duration) { w.patience = patience }

func (w *watchdog) feed() {
	w.fed.Store(true)
	w.timer.Reset(w.patience)
}

func (w *watchdog) stop() { w.timer.Stop() }
