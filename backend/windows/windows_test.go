package windows

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/fault"
	"sightline/backend/local"
	"sightline/backend/settings"
)

// short is the patience of a test with a window that is to be impatient with.
const short = 300 * time.Millisecond

// room is a desk in a folder of its own. Its path is short enough for a socket.
type room struct {
	Desk
	t       *testing.T
	dir     string
	started *sync.WaitGroup // processes
	here    map[string]bool // windows that are this process, and listen to nobody
}

func newRoom(t *testing.T) room {
	t.Helper()
	dir, err := os.MkdirTemp("", "w") //nolint:usetesting // its folder's name would be too long
	must(t, err)
	t.Cleanup(func() { awaitThat(t, "nothing is left", func() bool { return os.RemoveAll(dir) == nil }) }) // Windows removes no open file
	return room{deskIn(dir), t, dir, &sync.WaitGroup{}, map[string]bool{}}
}

func deskIn(dir string) Desk {
	return Desk{Dir: filepath.Join(dir, "run"), Store: settings.Open(filepath.Join(dir, "config"), nil)}
}

// save leaves windows to come back.
func (r room) save(ids ...string) {
	r.t.Helper()
	for _, id := range ids {
		_, err := r.Store.ChangeWindow(r.t.Context(), id, func(*settings.Window) error { return nil })
		must(r.t, err)
	}
}

func (r room) again(choice string) {
	r.t.Helper()
	_, err := r.Store.Change(r.t.Context(), func(s *settings.Settings) error { s.Again = choice; return nil })
	must(r.t, err)
}

// enter makes this process a window, which ends with the test.
func (r room) enter(id string) *Window {
	r.t.Helper()
	w, err := r.Enter(r.t.Context(), id)
	must(r.t, err)
	r.here[w.ID] = true
	r.t.Cleanup(w.Keep)
	return w
}

// serve lets a window hear the others; what it hears arrives on the channel.
func (r room) serve(w *Window) <-chan string {
	r.t.Helper()
	heard := make(chan string, 10)
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		err := w.Serve(ctx, Handlers{Raise: func() { heard <- raise }, Quit: func() { heard <- quit }})
		if !errors.Is(err, context.Canceled) {
			r.t.Errorf("it stopped listening with %v", err)
		}
	})
	r.t.Cleanup(func() { cancel(); ended.Wait() })
	must(r.t, r.reach(r.t.Context(), w.ID, ping))
	return heard
}

// hang makes a window one that is there, takes what it is told, and never answers.
func (r room) hang(w *Window) {
	r.t.Helper()
	listener, err := local.Listen(r.socketOf(w.ID))
	must(r.t, err)
	var open []net.Conn
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open = append(open, conn)
		}
	})
	r.t.Cleanup(func() {
		_ = listener.Close()
		ended.Wait()
		for _, conn := range open {
			_ = conn.Close()
		}
	})
}

func (r room) running() []string {
	r.t.Helper()
	ids, err := r.Running(r.t.Context())
	must(r.t, err)
	slices.Sort(ids)
	return ids
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (%v)", err, errors.Unwrap(err))
	}
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestFirstStartIsTheMainWindowAndSavesNothing(t *testing.T) {
	r := newRoom(t)
	same(t, "running before", []string(nil), r.running())
	w, err := r.Start(t.Context())
	must(t, err)
	defer w.Keep()
	same(t, "ID", Main, w.ID)
	same(t, "running", []string{Main}, r.running())
	if !r.Store.FirstRun() {
		t.Error("the person's first choice is no longer the first")
	}
}

func TestWindowIsNeverOpenTwiceButRaised(t *testing.T) {
	r := newRoom(t)
	heard := r.serve(r.enter("lab"))
	if w, err := r.Enter(t.Context(), "lab"); !errors.Is(err, ErrRaised) || w != nil {
		t.Fatalf("got %v, %v", w, err)
	}
	same(t, "heard", raise, <-heard)
}

func TestWindowThatClosesMeanwhileIsOpened(t *testing.T) {
	r := newRoom(t)
	old := r.enter("lab") // it no longer listens
	time.AfterFunc(3*lookAgain, old.Keep)
	if w := r.enter("lab"); w.ID != "lab" {
		t.Errorf("got %q", w.ID)
	}
}

func TestWindowThatHangsIsAClearFault(t *testing.T) {
	r := newRoom(t)
	r.patience = short
	r.hang(r.enter("lab"))
	before := time.Now()
	_, err := r.Enter(t.Context(), "lab")
	if fault.CodeOf(err) != CodeSilent || time.Since(before) > raiseWait {
		t.Errorf("got %v after %v", err, time.Since(before))
	}
}

func TestStartingAgainDoesAsThePersonHasSet(t *testing.T) {
	r := newRoom(t)
	heard := r.serve(r.enter(Main))

	r.again("raise")
	if _, err := r.Start(t.Context()); !errors.Is(err, ErrRaised) {
		t.Fatalf("got %v", err)
	}
	same(t, "heard", raise, <-heard)

	r.again("new")
	w, err := r.Start(t.Context())
	must(t, err)
	defer w.Keep()
	if !strings.HasPrefix(w.ID, "w-") || len(w.ID) != 8 {
		t.Errorf("the new window is called %q", w.ID)
	}
	same(t, "windows that come back", []string{Main, w.ID}, r.Store.Windows())
}

func TestTheWindowThatWasActiveLastIsRaised(t *testing.T) {
	r := newRoom(t)
	r.again("raise")
	one, two := r.enter("one"), r.enter("two")
	first, second := r.serve(one), r.serve(two)
	for _, c := range []struct {
		active *Window
		heard  <-chan string
	}{{one, first}, {two, second}, {one, first}} {
		c.active.Active()
		if _, err := r.Start(t.Context()); !errors.Is(err, ErrRaised) {
			t.Fatal(err)
		}
		same(t, "heard by "+c.active.ID, raise, <-c.heard)
	}
	if len(first)+len(second) > 0 {
		t.Error("both were raised")
	}
}

func TestHungWindowDoesNotKeepAnotherFromBeingRaised(t *testing.T) {
	r := newRoom(t)
	r.again("raise")
	r.patience = short
	well := r.serve(r.enter("well"))
	r.hang(r.enter("hung")) // and the last that was active
	if _, err := r.Start(t.Context()); !errors.Is(err, ErrRaised) {
		t.Fatal(err)
	}
	same(t, "heard", raise, <-well)
}

func TestWhereNoWindowAnswersANewOneOpens(t *testing.T) {
	r := newRoom(t)
	r.again("raise")
	r.patience = short
	r.hang(r.enter("hung"))
	w, err := r.Start(t.Context())
	must(t, err)
	defer w.Keep()
	if w.ID == "hung" || w.ID == "" {
		t.Errorf("got %q", w.ID)
	}
}

func TestWindowsThatWereNotClosedComeBackTheMainOneFirst(t *testing.T) {
	r := newRoom(t)
	r.save("a", Main, "w-1")
	w, err := r.Start(t.Context())
	must(t, err)
	defer w.Keep()
	same(t, "this one and the others", []string{Main, "a", "w-1"}, append([]string{w.ID}, w.lost...))
}

func TestOnlyTheLastOfTheClosedWindowsIsKept(t *testing.T) {
	r := newRoom(t)
	var open []*Window
	for n := range 5 {
		open = append(open, r.enter(fmt.Sprintf("w-%d", n)))
	}
	r.save("crashed") // one that is not open does not count
	var closing sync.WaitGroup
	for _, w := range open {
		closing.Go(func() { must(t, w.Close(context.Background())) })
	}
	closing.Wait()
	if saved := r.Store.Windows(); len(saved) != 2 || saved[0] != "crashed" {
		t.Errorf("kept are %q, want the last and the one that crashed", saved)
	}
	same(t, "running", []string(nil), r.running())
	left, err := os.ReadDir(r.folder())
	must(t, err)
	same(t, "files left", 1, len(left)) // the lock of them all
}

func TestWindowsOfOtherSettingsAreNoneOfTheirs(t *testing.T) {
	r := newRoom(t)
	r.save(Main)
	r.enter(Main)
	guest := Desk{Dir: r.Dir, Store: settings.Open(filepath.Join(r.dir, "guest"), nil)}
	w, err := guest.Start(t.Context())
	must(t, err)
	defer w.Keep()
	same(t, "ID", Main, w.ID)
	must(t, w.Close(t.Context()))
	same(t, "running", []string{Main}, r.running())
	same(t, "windows that come back to the guest", []string{}, guest.Store.Windows())
}

func TestWindowThatCannotAgreeIsKept(t *testing.T) {
	r := newRoom(t)
	r.save(Main)
	w := r.enter(Main)
	unlock, err := r.alone(t.Context())
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := w.Close(ctx); fault.CodeOf(err) != CodeBusy {
		t.Errorf("got %v", err)
	}
	unlock()
	same(t, "kept", []string{Main}, r.Store.Windows())
	same(t, "running", []string(nil), r.running())
}

func TestDuplicateHasTheChoicesOfItsModel(t *testing.T) {
	r := newRoom(t)
	of := settings.DefaultWindow(Main)
	of.Source, of.Prompt, of.Asking = "sample:", "What is new?", false
	of.Compare = []settings.Column{{Backend: settings.Builtin}}
	of.Geometry = settings.Geometry{Width: 800, Height: 600, X: 100, Y: 50, Placed: true}
	id, err := r.enter(Main).copy(t.Context(), of)
	must(t, err)
	got, err := r.Store.Window(id)
	must(t, err)
	want := of
	want.ID, want.Geometry.X, want.Geometry.Y = id, 132, 82
	same(t, "the duplicate", want, got)
}

func TestChatterDoesNotDisturbAWindow(t *testing.T) {
	r := newRoom(t)
	r.patience = 2 * short
	w := r.enter(Main)
	heard := r.serve(w)
	for _, words := range []string{"", "\n", "raise", "Raise\n", "raise me\n", strings.Repeat("x", 1000), "\x00\xff\n"} {
		conn, err := local.Dial(t.Context(), r.socketOf(w.ID))
		must(t, err)
		_, _ = conn.Write([]byte(words)) // it may have hung up
		_ = conn.Close()
	}
	mute, err := local.Dial(t.Context(), r.socketOf(w.ID))
	must(t, err)
	defer mute.Close()
	must(t, r.call(t.Context(), w.ID, raise)) // behind one who says nothing
	same(t, "heard", raise, <-heard)
	same(t, "heard besides", 0, len(heard))
}

func TestFolderThatCannotBeMadeIsAClearFault(t *testing.T) {
	d := deskIn(t.TempDir())
	d.Dir = filepath.Join(os.DevNull, "here")
	if _, err := d.Start(t.Context()); fault.CodeOf(err) != local.CodeFolder {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoIDIsRefused(t *testing.T) {
	r := newRoom(t)
	if _, err := r.Enter(t.Context(), "../main"); fault.CodeOf(err) != settings.CodeInvalid {
		t.Errorf("got %v", err)
	}
}
