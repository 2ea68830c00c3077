package archive_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/archive"
	"sightline/backend/fault"
)

// recording makes the test binary a program that records into this folder until it is killed. It says where, and then how many answers are
// on disk.
const recording = "SIGHTLINE_TEST_ARCHIVE_DIR"

func TestMain(m *testing.M) {
	if parent := os.Getenv(recording); parent != "" {
		if err := recordOn(parent); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func recordOn(parent string) error {
	w, err := archive.Create(archive.OS(), parent, manifest())
	if err != nil {
		return err
	}
	fmt.Println(w.Dir())
	one, err := os.ReadFile("testdata/one.jpg")
	if err != nil {
		return err
	}
	for n := uint64(1); n < 100000; n++ {
		if err := w.Answer(said(n, time.Duration(n)*time.Millisecond, "Yes."), one); err != nil {
			return err
		}
		if n%5 == 0 {
			lines, err := w.Sync()
			if err != nil {
				return err
			}
			fmt.Println(lines)
		}
	}
	return nil
}

// program is another process that records.
type program struct {
	cmd  *exec.Cmd
	dir  string
	said chan string
}

func start(t *testing.T, parent string) *program {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	p := &program{cmd: exec.Command(self), said: make(chan string, 1<<16)}
	p.cmd.Env = append(os.Environ(), recording+"="+parent)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	must(t, err, p.cmd.Start())
	go func() {
		defer close(p.said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.said <- strings.TrimSpace(lines.Text())
		}
	}()
	t.Cleanup(func() { p.kill() })
	p.dir = p.hears(t)
	return p
}

func (p *program) hears(t *testing.T) string {
	t.Helper()
	select {
	case line := <-p.said:
		return line
	case <-time.After(20 * time.Second):
		t.Fatal("it never says anything")
		return ""
	}
}

// kill ends the program as a crash does, and gives the last it said. It may be called twice.
func (p *program) kill() (last string) {
	_ = p.cmd.Process.Kill()
	for line := range p.said {
		last = line
	}
	_ = p.cmd.Wait()
	return last
}

func TestRecordingOfAnotherProgramIsLeftAloneUntilThatIsKilled(t *testing.T) {
	p := start(t, t.TempDir())
	p.hears(t)
	if !archive.Busy(p.dir) {
		t.Error("it is not busy")
	}
	if mended, err := archive.Mend(archive.OS(), p.dir); mended || err != nil {
		t.Error("it is mended while it is written: ", mended, err)
	}
	if m, err := archive.Edit(archive.OS(), p.dir, func(m *archive.Manifest) { m.Keep = true }); err != nil || !m.Keep {
		t.Error("it cannot be kept: ", err)
	}
	copied := filepath.Join(t.TempDir(), filepath.Base(p.dir))
	must(t, os.CopyFS(copied, os.DirFS(p.dir)))
	if archive.Busy(copied) {
		t.Error("a copy is busy")
	}
	var promised int
	_, err := fmt.Sscan(p.kill(), &promised)
	must(t, err)
	if archive.Busy(p.dir) {
		t.Error("it is busy after the kill")
	}
	if mended, err := archive.Mend(archive.OS(), p.dir); !mended || err != nil {
		t.Error("it is not mended: ", mended, err)
	}
	m, err := archive.Read(p.dir)
	must(t, err)
	if n := len(entriesOf(t, p.dir)); n < promised || m.Outcomes.Answered != n || m.State != archive.CutShort || !m.Keep {
		t.Errorf("%d answers of %d promised; %+v", n, promised, m)
	}
	for _, name := range []string{"recording.lock", "recording.edit"} {
		if _, err := os.Stat(filepath.Join(p.dir, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
}

func TestTwoProgramsRecordSideBySide(t *testing.T) {
	parent := t.TempDir()
	one, two := start(t, parent), start(t, parent)
	one.hears(t)
	two.hears(t)
	one.kill()
	if archive.Busy(one.dir) || !archive.Busy(two.dir) {
		t.Error("the end of one is taken for that of the other")
	}
}

// TestManyLooksAreNoWriter is about several windows whose libraries look at once, and then mend at once.
func TestManyLooksAreNoWriter(t *testing.T) {
	dir := copied(t, tornOff)
	must(t, os.WriteFile(filepath.Join(dir, "recording.lock"), nil, 0o600)) // left by a crash
	atOnce(func() {
		for range 100 {
			if archive.Busy(dir) {
				t.Error("a look is taken for a writer")
			}
		}
	})
	var n atomic.Int32
	atOnce(func() {
		mended, err := archive.Mend(archive.OS(), dir)
		if err != nil {
			t.Error(err)
		}
		if mended {
			n.Add(1)
		}
	})
	if m, err := archive.Read(dir); n.Load() != 1 || err != nil || m.State != archive.CutShort {
		t.Errorf("it was mended %d times: %v, %v", n.Load(), m.State, err)
	}
}

func atOnce(do func()) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(do)
	}
	all.Wait()
}

func TestManyEditsAtOnceAreAllMade(t *testing.T) {
	dir := copied(t, oneBackend)
	atOnce(func() {
		for range 5 {
			if _, err := archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Title += "x" }); err != nil {
				t.Error(err)
			}
		}
	})
	if m, err := archive.Read(dir); err != nil || m.Title != strings.Repeat("x", 40) {
		t.Errorf("%q, %v", m.Title, err)
	}
}

// TestManifestCanBeReadWhileItIsEdited is about a library that looks at it far more often than any does.
func TestManifestCanBeReadWhileItIsEdited(t *testing.T) {
	dir := copied(t, oneBackend)
	edited, looked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looked)
		for every := time.NewTicker(time.Millisecond); ; {
			if _, err := archive.Read(dir); err != nil {
				t.Error(err)
			}
			select {
			case <-edited:
				every.Stop()
				return
			case <-every.C:
			}
		}
	}()
	for range 20 {
		if _, err := archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Title += "x" }); err != nil {
			t.Error(err)
		}
	}
	close(edited)
	<-looked
}

func TestEditThatCannotBeWrittenChangesNothing(t *testing.T) {
	dir := copied(t, oneBackend)
	before := content(t, dir, "recording.json")
	must(t, os.Mkdir(filepath.Join(dir, "recording.json.new"), 0o700))
	_, err := archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Keep = true })
	if fault.CodeOf(err) != archive.CodeFailed || content(t, dir, "recording.json") != before {
		t.Errorf("got %v", err)
	}
}
