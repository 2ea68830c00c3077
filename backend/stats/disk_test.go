package stats

import (
	"path/filepath"
	"testing"
)

func TestFreeSpaceOfAFolderThatIsNotThereYet(t *testing.T) {
	dir := t.TempDir()
	here, err := Free(dir)
	if err != nil || here == 0 {
		t.Fatalf("free in %s: %d, %v", dir, here, err)
	}
	deep, err := Free(filepath.Join(dir, "not", "there", "yet"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := max(here, deep) - min(here, deep); diff > 1<<30 {
		t.Errorf("free: %d here, %d where a folder will be", here, deep)
	}
}
