package history

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"sightline/backend/archive"
)

// Delete moves a recording to the system's trash. One that is being recorded is refused, and so is one that is played, where the system moves
// nothing that is open. Where there is no trash it stays where it is, and the fault CodeTrash names its folder: nothing is ever deleted for good
// here, unless Windows has asked the person itself.
func (h *History) Delete(ctx context.Context, id string) error {
	r, err := h.Find(ctx, id)
	if err != nil && r.Dir == "" {
		return err
	}
	if archive.Busy(r.Dir) {
		return making("deleted")
	}
	if err := archive.InUse(r.Dir); err != nil {
		return err
	}
	if err := h.trash(r.Dir); err != nil {
		return noTrash(r.Dir, err)
	}
	if _, err := os.Lstat(r.Dir); !errors.Is(err, fs.ErrNotExist) {
		return noTrash(r.Dir, errors.Join(errStill, err))
	}
	h.shelf.forget(r.Dir)
	return nil
}

var errStill = errors.New("the trash says it has it, but it is still there")
