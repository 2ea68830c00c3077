//go:build !windows

package windows

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// open are the descriptors above the standard three that this process has, and what they are, as far as they are files.
func open() string {
	var names []string
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		if name, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(name, os.TempDir()) {
			names = append(names, e.Name()+":"+filepath.Base(name))
		}
	}
	return strings.Join(names, ",")
}

// gone says that of a process nothing is left, not even its status.
func gone(pid int) bool { return syscall.Kill(pid, 0) == syscall.ESRCH }

func (r room) signal(id string, s syscall.Signal) {
	r.t.Helper()
	if pid := r.pid(id); pid > 0 {
		_ = syscall.Kill(pid, s)
	}
}

func TestWindowInheritsNothingThatIsOpenHere(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc here")
	}
	r := processes(t, "window")
	leak, err := os.Create(filepath.Join(r.dir, "leak"))
	must(t, err)
	defer leak.Close()
	_, _, failed := syscall.Syscall(syscall.SYS_FCNTL, leak.Fd(), syscall.F_SETFD, 0) // as a library does that knows no better
	if failed != 0 {
		t.Fatal(failed)
	}
	w := r.enter(Main)
	id, err := w.OpenNew(t.Context())
	must(t, err)
	same(t, "windows that have files open", 0, r.said("up", id)-r.said("up", id, fmt.Sprint(r.pid(id)), "key=", "open="))

	r.start(FlagWindow, "bare") // as it would be without
	r.up(Main, id, "bare")
	same(t, "windows that have the leak", 1, len(slices.DeleteFunc(r.log(), func(line []string) bool { return !strings.HasSuffix(line[4], ":leak") })))
	session, _, _ := syscall.Syscall(syscall.SYS_GETSID, uintptr(r.pid(id)), 0, 0)
	same(t, "session of the new window", r.pid(id), int(session))
}

func TestHungWindowDoesNotHangTheOthersEnd(t *testing.T) {
	r := processes(t, "window")
	r.save("hung", "well")
	r.patience = time.Second
	w := r.enter(Main)
	r.start(FlagWindow, "hung")
	r.start(FlagWindow, "well")
	r.up(Main, "hung", "well")
	r.signal("hung", syscall.SIGSTOP)
	awaitThat(t, "it hangs", func() bool { return r.call(t.Context(), "hung", ping) != nil })
	before := time.Now()
	same(t, "left", []string{"hung"}, w.QuitOthers(t.Context()))
	if took := time.Since(before); took > quitWait+time.Second {
		t.Errorf("waited %v", took)
	}
	same(t, "running", []string{"hung", Main}, r.running())
	same(t, "that come back", []string{"hung", Main, "well"}, r.Store.Windows())
}
