package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"

	"sightline/backend/fault"
)

// told remembers what was reported, so that a file that stays as it is is told of once.
type told struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (t *told) first(trouble *fault.Error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := trouble.Code + trouble.Hint // the hint names the file
	if t.seen[key] {
		return false
	}
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	t.seen[key] = true
	return true
}

func (f file[T]) broken(cause error) *fault.Error {
	return &fault.Error{Code: CodeBroken, Message: "A settings file was damaged and has been set aside.", Blame: fault.Us, Cause: cause}
}

// stuck is a damaged file that nothing could be done about. It counts as unread: no change may overwrite it.
func (f file[T]) stuck(trouble *fault.Error) *fault.Error {
	return &fault.Error{
		Code:    CodeUnread,
		Message: "A settings file is damaged and could not be set aside.",
		Hint:    fmt.Sprintf("Repair %s or move it away; until then the defaults are used and nothing is saved.", f.path),
		Blame:   fault.Us,
		Cause:   trouble.Cause,
	}
}

func (f file[T]) unread(cause error) *fault.Error {
	return &fault.Error{
		Code:    CodeUnread,
		Message: "A settings file could not be read.",
		Hint:    fmt.Sprintf("Make %s readable; until then the defaults are used and nothing is saved.", f.path),
		Blame:   fault.Us,
		Cause:   cause,
	}
}

// newer leaves the file where it is, because the newer Sightline may be running right now, and puts a copy aside for whoever overwrites it.
func (f file[T]) newer(raw []byte, cause error) *fault.Error {
	kept := "It is left as it is at " + f.path
	if aside, err := f.copyAside(raw); err == nil {
		kept += ", with a copy at " + aside
	}
	return &fault.Error{
		Code:    CodeNewer,
		Message: "A settings file was written by a newer Sightline, so the defaults are used and nothing is saved.",
		Hint:    kept + "; update Sightline, or move the file away to start afresh.",
		Blame:   fault.Us,
		Cause:   cause,
	}
}

// copyAside copies a newer file. The copy is named by the time the file was written, so the same file is copied once.
func (f file[T]) copyAside(raw []byte) (string, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return "", err
	}
	aside := f.path + ".newer-" + info.ModTime().Format("20060102-150405")
	if exists(aside) {
		return aside, nil
	}
	return aside, replace(aside, raw)
}

// cannotWrite says why a folder takes no file. Some causes come as text only.
func cannotWrite(cause error, dir string) error {
	trouble := &fault.Error{
		Code:    CodeUnsaved,
		Message: "The settings could not be saved.",
		Hint:    fmt.Sprintf("Look at the folder %s; until then your choices last for this run only.", dir),
		Blame:   fault.Us,
		Cause:   cause,
	}
	switch {
	case isOneOf(cause, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG):
		trouble.Code, trouble.Message = CodeFull, "The settings could not be saved because the disk is full."
		trouble.Hint = fmt.Sprintf("Make room where %s is; until then your choices last for this run only.", dir)
	case isOneOf(cause, fs.ErrPermission, syscall.EROFS):
		trouble.Code, trouble.Message = CodeReadOnly, "The settings could not be saved because their folder cannot be written."
		trouble.Hint = fmt.Sprintf("Make %s writable; until then your choices last for this run only.", dir)
	}
	return trouble
}

func isOneOf(err error, targets ...error) bool {
	for _, target := range targets {
		if errors.Is(err, target) || strings.HasSuffix(err.Error(), target.Error()) {
			return true
		}
	}
	return false
}
