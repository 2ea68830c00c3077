package windows

import (
	"errors"
	"path/filepath"
	"testing"

	"sightline/backend/fault"
)

func TestTwoWindowsNeverShareAnID(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	first, release, err := Claim(dir, "main")
	if err != nil || first != "main" {
		t.Fatalf("got %q, %v", first, err)
	}
	second, releaseSecond, err := Claim(dir, "main")
	if err != nil || second != "main-2" {
		t.Fatalf("got %q, %v, want main-2 while main lives", second, err)
	}
	defer releaseSecond()
	release()
	third, releaseThird, err := Claim(dir, "main")
	if err != nil || third != "main" {
		t.Errorf("got %q, %v, want main again once it was closed", third, err)
	}
	releaseThird()
}

func TestFolderThatCannotBeMadeIsAClearFault(t *testing.T) {
	_, _, err := Claim("/proc/nothing/here", "main")
	if !errors.Is(err, &fault.Error{Code: "windows.lock"}) {
		t.Errorf("got %v", err)
	}
}
