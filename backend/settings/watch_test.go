package settings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// soon is often enough for a test to look.
const soon = 100 * time.Millisecond

// lookout is somebody who follows the settings: each change it is told of arrives on the channel as the theme it then sees.
type lookout struct {
	t      *testing.T
	themes chan string
}

func follow(t *testing.T, s *Store) lookout {
	t.Helper()
	l := lookout{t, make(chan string, 100)}
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := s.Watch(ctx, func() { l.themes <- s.Settings().Theme }); !errors.Is(err, context.Canceled) {
			t.Errorf("the watch ended with %v", err)
		}
	})
	t.Cleanup(func() { cancel(); ended.Wait() })
	<-l.themes // it looks once at its start
	return l
}

// sees waits until a theme is seen, and gives how many changes were told until then.
func (l lookout) sees(theme string) (told int) {
	l.t.Helper()
	end := time.After(20 * time.Second)
	for {
		select {
		case got := <-l.themes:
			told++
			if got == theme {
				return told
			}
		case <-end:
			l.t.Fatalf("told of %d changes, none to %s", told, theme)
		}
	}
}

func TestEveryoneFollowsWhatAnyoneChanges(t *testing.T) {
	d := fresh(t) // its folder does not exist yet
	one, two := follow(t, d.Store), follow(t, open(t, d.dir).Store)
	before := time.Now()
	for _, theme := range []string{"dark", "light", "dark", "light"} {
		_, err := open(t, d.dir).theme(theme)
		must(t, err)
		one.sees(theme)
		two.sees(theme)
	}
	if took := time.Since(before); took > 3*lookAgain {
		t.Errorf("four changes were told of within %v: they were found by looking, not told of", took)
	}
}

func TestManyChangesAreToldOfTogether(t *testing.T) {
	d := fresh(t)
	l := follow(t, d.Store)
	for n := range 30 {
		d.put("settings.json", fmt.Sprintf(`{"version": 1, "theme": "light", "times": {"total": %d}}`, n))
	}
	d.put("settings.json", `{"version": 1, "theme": "dark"}`)
	if told := l.sees("dark"); told > 15 {
		t.Errorf("told %d times of 31 changes within a moment", told)
	}
}

func TestAWindowsOwnChoicesConcernNobodyElse(t *testing.T) {
	d := fresh(t)
	l := follow(t, d.Store)
	_, err := d.ChangeWindow(t.Context(), "main", func(w *Window) error { w.Mirror = true; return nil })
	must(t, err)
	must(t, os.WriteFile(filepath.Join(d.dir, "settings.lock"), nil, 0o600))
	d.Settings()
	_, err = d.theme("dark")
	must(t, err)
	if told := l.sees("dark"); told != 1 {
		t.Errorf("told %d times of one change", told)
	}
}

func TestSettingsKeptElsewhereAreFollowedToo(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "mine.json")
	must(t, os.WriteFile(elsewhere, []byte(`{"version": 1}`), 0o600))
	d := fresh(t)
	must(t, os.MkdirAll(d.dir, 0o700))
	if err := os.Symlink(elsewhere, filepath.Join(d.dir, "settings.json")); err != nil {
		t.Skipf("no link can be made here: Windows lets few people, and wine nobody: %v", err)
	}
	d.again = soon
	l := follow(t, d.Store)
	_, err := open(t, d.dir).theme("dark")
	must(t, err)
	l.sees("dark")
}

func TestFolderThatIsMadeAnewIsFollowedAgain(t *testing.T) {
	d := fresh(t)
	_, err := d.theme("dark")
	must(t, err)
	d.again = soon
	l := follow(t, d.Store)
	must(t, os.RemoveAll(d.dir))
	l.sees("auto")
	for _, theme := range []string{"light", "dark"} { // the first is found by looking, or the folder is
		_, err = open(t, d.dir).theme(theme)
		must(t, err)
		l.sees(theme)
	}
}

func TestFolderThatCannotBeWatchedIsLookedAt(t *testing.T) {
	d := fresh(t)
	must(t, os.MkdirAll(filepath.Dir(d.dir), 0o700))
	must(t, os.WriteFile(d.dir, nil, 0o600)) // a file where the folder should be
	d.again = soon
	l := follow(t, d.Store)
	must(t, os.Remove(d.dir))
	_, err := open(t, d.dir).theme("dark")
	must(t, err)
	l.sees("dark")
}
