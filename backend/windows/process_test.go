package windows

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/keys"
	"sightline/backend/local/localtest"
	"sightline/backend/settings"
)

// Windows are this test program again, without anything to see. roleEnv says how they behave, dirEnv in which room they are.
const (
	roleEnv = "SIGHTLINE_WINDOWS_ROLE"
	dirEnv  = "SIGHTLINE_WINDOWS_DIR"

	closeIt = "close" // the person closes a window
	endAll  = "end"   // the person ends them all

	origin = "https://api.example.com:443"
	secret = "sk-live-4242"
)

func TestMain(m *testing.M) {
	if os.Getenv(roleEnv) == "" {
		goleak.VerifyTestMain(m, localtest.Lasting()...)
		return
	}
	if err := play(os.Getenv(roleEnv), os.Getenv(dirEnv), Fresh(os.Args[1:])); err != nil && !errors.Is(err, ErrRaised) {
		fmt.Fprintln(os.Stderr, "a window ended with", err)
		os.Exit(1)
	}
}

// play is a window's life.
func play(role, dir string, args []string) error {
	go endWithTheTest(dir)
	descriptors := open()
	if role == "broken" {
		return errors.New("there is no display")
	}
	d := deskIn(dir)
	d.Keys = keys.New(noRing{})
	if slices.Contains(args, FlagKeys) {
		if err := TakeKeys(d.Keys); err != nil {
			return err
		}
	}
	w, err := d.place(args)
	if err != nil {
		return err
	}
	key, err := d.Keys.Get(context.Background(), origin)
	if err != nil {
		return err
	}
	say(dir, "up", w.ID, os.Getpid(), "key="+key.Reveal(), "open="+descriptors, "env="+os.Getenv("SIGHTLINE_API_KEY"))
	return live(w, dir)
}

// endWithTheTest ends a process that came up so late that its room had been cleared.
func endWithTheTest(dir string) {
	for {
		if _, err := os.Stat(logIn(dir)); err != nil {
			_ = os.RemoveAll(dir) // what it has made there anew
			os.Exit(3)
		}
		time.Sleep(lookAgain)
	}
}

func (d Desk) place(args []string) (*Window, error) {
	if len(args) > 1 && args[0] == FlagWindow {
		return d.Enter(context.Background(), args[1])
	}
	return d.Start(context.Background())
}

// live is what a window does while it is open.
func live(w *Window, dir string) error {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	quit := make(chan struct{}, 1)
	var all sync.WaitGroup
	all.Go(func() {
		_ = w.Serve(ctx, Handlers{Raise: func() { say(dir, "raised", w.ID) }, Quit: func() { quit <- struct{}{} }})
	})
	all.Go(func() {
		if err := w.Restore(ctx); err != nil {
			say(dir, "not restored", err)
		}
	})
	leave := w.Keep
	select {
	case word := <-told(dir):
		if word == closeIt {
			leave = func() { _ = w.Close(context.Background()) }
		} else {
			w.QuitOthers(ctx)
		}
	case <-quit:
	}
	end()
	all.Wait()
	leave()
	return nil
}

// told hears what the person does at this window.
func told(dir string) <-chan string {
	heard := make(chan string, 1)
	go func() {
		for ; ; time.Sleep(lookAgain) {
			if word, err := os.ReadFile(earOf(dir, os.Getpid())); err == nil && len(word) > 0 {
				heard <- string(word)
				return
			}
		}
	}()
	return heard
}

// earOf is the file in which a process looks for what the person does.
func earOf(dir string, pid int) string { return filepath.Join(dir, fmt.Sprint("tell-", pid)) }

func logIn(dir string) string { return filepath.Join(dir, "log") }

// say writes a line into the room's log, whole beside those of others.
func say(dir string, words ...any) {
	log, err := os.OpenFile(logIn(dir), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer log.Close()
	_, _ = log.WriteString(fmt.Sprintln(words...))
}

// noRing is a system without a keyring, in the words of D-Bus.
type noRing struct{}

func (noRing) Get(string, string) (string, error) { return "", errNoRing }
func (noRing) Set(string, string, string) error   { return errNoRing }
func (noRing) Delete(string, string) error        { return errNoRing }

var errNoRing = errors.New("the name org.freedesktop.secrets was not provided by any .service files")

// processes is a room in which windows are processes; none outlives the test.
func processes(t *testing.T, role string) room {
	r := newRoom(t)
	must(t, os.WriteFile(logIn(r.dir), nil, 0o600))
	t.Setenv(roleEnv, role)
	t.Setenv(dirEnv, r.dir)
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	t.Cleanup(func() {
		ended := make(chan struct{})
		go func() { r.started.Wait(); close(ended) }()
		awaitThat(t, "all ended", func() bool {
			ids, _ := r.Running(context.Background())
			theirs := slices.DeleteFunc(ids, func(id string) bool { return r.pid(id) == 0 })
			for _, id := range theirs {
				r.kill(id)
			}
			select {
			case <-ended: // those too that came up only now
				return len(theirs) == 0
			default:
				return false
			}
		})
	})
	return r
}

// start is a person who starts Sightline.
func (r room) start(args ...string) {
	r.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stderr = os.Stderr
	must(r.t, cmd.Start())
	r.started.Go(func() { _ = cmd.Wait() })
}

// log is what the windows have said so far, each line in words.
func (r room) log() (lines [][]string) {
	file, err := os.Open(logIn(r.dir))
	if err != nil {
		return nil
	}
	defer file.Close()
	for scan := bufio.NewScanner(file); scan.Scan(); {
		lines = append(lines, strings.Fields(scan.Text()))
	}
	return lines
}

// said counts the lines that begin with these words.
func (r room) said(words ...string) (n int) {
	for _, line := range r.log() {
		if len(line) >= len(words) && slices.Equal(line[:len(words)], words) {
			n++
		}
	}
	return n
}

// pid is that of a window's last process; 0 where it is none of the test's.
func (r room) pid(id string) (pid int) {
	for _, line := range r.log() {
		if line[0] == "up" && line[1] == id {
			_, _ = fmt.Sscan(line[2], &pid)
		}
	}
	return pid
}

// tell is the person at a window.
func (r room) tell(id, word string) {
	r.t.Helper()
	must(r.t, os.WriteFile(earOf(r.dir, r.pid(id)), []byte(word), 0o600))
}

// kill ends a window without a word.
func (r room) kill(id string) {
	r.t.Helper()
	if pid := r.pid(id); pid > 0 {
		if process, err := os.FindProcess(pid); err == nil {
			_ = process.Kill() // it may have ended
			_ = process.Release()
		}
	}
}

// up waits until exactly these windows are open, and listen.
func (r room) up(ids ...string) {
	r.t.Helper()
	slices.Sort(ids)
	awaitThat(r.t, fmt.Sprint(ids, " are open"), func() bool { return slices.Equal(r.running(), ids) })
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	for _, id := range ids {
		if !r.here[id] {
			must(r.t, r.reach(ctx, id, ping))
		}
	}
}

func awaitThat(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came that %s", what)
		}
	}
}

func TestStartsAtTheSameMomentBringEachWindowBackOnce(t *testing.T) {
	r := processes(t, "window")
	r.again("raise")
	r.save(Main, "w-one", "w-two")
	for range 4 {
		r.start()
	}
	r.up(Main, "w-one", "w-two")
	awaitThat(t, "the one start too many has raised a window", func() bool { return r.said("raised") > 0 })
	for _, id := range []string{Main, "w-one", "w-two"} {
		same(t, "times that "+id+" came up", 1, r.said("up", id))
	}
	same(t, "running", []string{Main, "w-one", "w-two"}, r.running())
	same(t, "troubles", 0, r.said("not"))
}

func TestKilledWindowTouchesNoOtherAndComesBack(t *testing.T) {
	r := processes(t, "window")
	r.again("raise")
	r.save(Main, "w-one")
	r.start()
	r.up(Main, "w-one")
	r.kill(Main)
	r.up("w-one")
	same(t, "that come back", []string{Main, "w-one"}, r.Store.Windows())

	r.start()
	r.up(Main, "w-one")
	same(t, "times that the other came up", 1, r.said("up", "w-one"))
	same(t, "times that the killed one did", 2, r.said("up", Main))
}

func TestAllWindowsComeBackAfterQuit(t *testing.T) {
	r := processes(t, "window")
	r.save(Main, "w-one", "w-two")
	r.start()
	r.up(Main, "w-one", "w-two")
	r.tell("w-one", endAll)
	r.up()
	same(t, "that come back", []string{Main, "w-one", "w-two"}, r.Store.Windows())

	r.start()
	r.up(Main, "w-one", "w-two")
	same(t, "times that each came up", 6, r.said("up"))
}

func TestClosedWindowIsForgottenAndTheLastIsNot(t *testing.T) {
	r := processes(t, "window")
	r.save(Main, "w-one")
	r.start()
	r.up(Main, "w-one")
	r.tell(Main, closeIt)
	r.up("w-one")
	same(t, "that come back", []string{"w-one"}, r.Store.Windows())
	r.tell("w-one", closeIt)
	r.up()
	same(t, "that come back", []string{"w-one"}, r.Store.Windows())
}

func TestKeyReachesANewWindowAndShowsNowhere(t *testing.T) {
	r := processes(t, "window")
	t.Setenv("SIGHTLINE_API_KEY", "sk-env-1717")
	r.Keys = keys.New(noRing{})
	if kept, err := r.Keys.Set(t.Context(), origin, secret); kept || err != nil {
		t.Fatal(kept, err)
	}
	id, err := r.enter(Main).OpenNew(t.Context())
	must(t, err)
	same(t, "windows with the key, and no other", 1, r.said("up", id, fmt.Sprint(r.pid(id)), "key="+secret, "open=", "env="))
	if runtime.GOOS != "linux" {
		return // nobody can look there
	}
	for _, name := range []string{"cmdline", "environ"} {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", r.pid(id), name))
		must(t, err)
		for _, key := range []string{secret, "sk-env-1717"} {
			if strings.Contains(string(raw), key) {
				t.Errorf("%s shows the key", name)
			}
		}
		if name == "environ" && !strings.Contains(string(raw), roleEnv) {
			t.Error("the rest of the environment is gone")
		}
	}
}

func TestWindowThatDoesNotComeUpIsAFaultAndIsForgotten(t *testing.T) {
	r := processes(t, "broken")
	r.save(Main)
	w := r.enter(Main)
	before := time.Now()
	_, err := w.Duplicate(t.Context(), settings.DefaultWindow(Main))
	if fault.CodeOf(err) != CodeOpen || time.Since(before) > openWait {
		t.Errorf("got %v after %v", err, time.Since(before))
	}
	same(t, "that come back", []string{Main}, r.Store.Windows())
}

func TestNothingIsLeftOfAWindowThatEnded(t *testing.T) {
	r := processes(t, "window")
	w := r.enter(Main)
	id, err := w.Duplicate(t.Context(), settings.DefaultWindow(Main))
	must(t, err)
	r.up(Main, id)
	r.kill(id)
	r.up(Main)
	awaitThat(t, "its process is gone, and no zombie", func() bool { return gone(r.pid(id)) })
	same(t, "that come back", []string{Main, id}, r.Store.Windows())
}
