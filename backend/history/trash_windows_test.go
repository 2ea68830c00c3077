package history

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/Bios-Marcel/wastebasket/v2"

	"sightline/backend/archive"
	"sightline/backend/local/winetest"
)

func needTrash(t *testing.T) {
	t.Helper()
	if winetest.Here() {
		t.Skip("wine has no recycle bin here")
	}
}

func inTrash(t *testing.T, dir string) bool {
	t.Helper()
	found, err := wastebasket.Query(wastebasket.QueryOptions{Search: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	return len(found.Matches[dir]) == 1
}

// TestWithoutRecycleBinNothingIsDeleted asks wine, which has none: so do drives in the network and sticks.
func TestWithoutRecycleBinNothingIsDeleted(t *testing.T) {
	if !winetest.Here() {
		t.Skip("there is a recycle bin here, unlike under wine")
	}
	p := newPlace(t)
	id := p.record(1, "a car")
	hasCode(t, p.Delete(p.ctx(), id), CodeTrash)
	if _, err := p.Find(p.ctx(), id); err != nil || len(p.find("car")) != 1 {
		t.Errorf("the recording is gone: %v", err)
	}
}

// TestRecordingThatIsPlayedIsNotDeletedAndSaysWhy is about a player, in this window or elsewhere, that has a file open.
func TestRecordingThatIsPlayedIsNotDeletedAndSaysWhy(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "a car")
	player, err := os.Open(filepath.Join(p.folder, id, answersName))
	if err != nil {
		t.Fatal(err)
	}
	err = p.Delete(p.ctx(), id)
	player.Close()
	hasCode(t, err, archive.CodeInUse)
	if _, err := p.Find(p.ctx(), id); err != nil || len(p.find("car")) != 1 {
		t.Errorf("the recording is gone: %v", err)
	}
	if err := archive.InUse(filepath.Join(p.folder, id)); err != nil {
		t.Errorf("nobody plays it any more: %v", err)
	}
}
