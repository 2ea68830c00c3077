package ffmpeg

import (
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// leash is a job that the child is in, with all it starts: its last handle is ours, and the system ends the job with it.
type leash struct {
	mu  sync.Mutex
	job windows.Handle
}

func (l *leash) start(cmd *exec.Cmd) error {
	job, err := newJob()
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NO_WINDOW}
	if err := cmd.Start(); err != nil {
		_ = windows.CloseHandle(job) // it is empty
		return err
	}
	var tied error
	err = cmd.Process.WithHandle(func(process uintptr) { tied = windows.AssignProcessToJobObject(job, windows.Handle(process)) })
	if err == nil {
		err = tied
	}
	if err != nil {
		_ = cmd.Process.Kill()       // it must not run loose
		_ = cmd.Wait()               // it was killed
		_ = windows.CloseHandle(job) // it is empty
		return fmt.Errorf("tie the program to this one: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.job = job
	return nil
}

func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, fmt.Errorf("make a job: %w", err)
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		_ = windows.CloseHandle(job) // it is empty
		return 0, fmt.Errorf("set up a job: %w", err)
	}
	return job, nil
}

func (l *leash) kill(cmd *exec.Cmd) {
	l.drop()
	_ = cmd.Process.Kill() // it may have ended already
}

// drop closes the job, which ends what is left in it.
func (l *leash) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.job != 0 {
		_ = windows.CloseHandle(l.job) // nothing more can be done
		l.job = 0
	}
}
