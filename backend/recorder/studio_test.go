package recorder

import (
	"context"
	"image"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/archive"
	"sightline/backend/archive/archivetest"
	"sightline/backend/fault"
	"sightline/backend/h264"
	"sightline/backend/mp4"
	"sightline/backend/sight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	frameTime = time.Second / 30
	plenty    = 100 << 30 // bytes of free space
)

// studio is a recorder with a camera before it and a disk behind it, in fake time.
type studio struct {
	t      *testing.T
	r      *Recorder
	latest sight.Latest
	disk   *archivetest.Disk
	end    func() // ends Run and waits for it
	o      Options

	width, height int
	number        uint64
	last          sight.Frame

	mu      sync.Mutex
	free    uint64
	notices []error
	changes []State
}

// inStudio runs a story in fake time.
func inStudio(t *testing.T, story func(s *studio)) {
	t.Helper()
	codec, err := h264.NewEncoder(h264.Config{Width: 64, Height: 48, FPS: 30, BitsPerSecond: fewestBits})
	if err != nil {
		t.Fatal("this test needs the video codec, which is built in with cgo: ", err)
	}
	codec.Close()
	synctest.Test(t, func(t *testing.T) {
		s := &studio{t: t, disk: archivetest.New(t), width: 64, height: 48, free: plenty}
		s.r = New(Config{
			Files: s.disk, Version: "1.2.3", Session: "session", Latest: &s.latest, Free: s.space, Changed: s.changed, Notify: s.notify,
		})
		s.r.Describe(archive.About{Source: camera("camera:front"), Asked: archive.Asked{Prompt: "What is there?"}})
		s.set(func(o *Options) {
			*o = Options{Folder: filepath.Join(s.disk.Dir(), "Videos"), Parts: archive.Parts{Video: true, Frames: true, Answers: true}}
		})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = s.r.Run(ctx) // it ends when its context does
		}()
		s.end = func() {
			cancel()
			<-done
		}
		defer s.end()
		story(s)
	})
}

func camera(uri string) archive.Source {
	return archive.Source{URI: uri, Name: "Front door", Kind: "camera"}
}

func (s *studio) set(change func(*Options)) {
	change(&s.o)
	s.r.Set(s.o)
}

func (s *studio) space(string) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.free, nil
}

func (s *studio) leave(bytes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = bytes
}

func (s *studio) changed() {
	state := s.r.State()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes = append(s.changes, state)
}

func (s *studio) notify(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = append(s.notices, err)
}

// start begins a recording and gives its folder.
func (s *studio) start() string {
	s.t.Helper()
	time.Sleep(time.Microsecond) // the frame before is one from before
	s.r.Start()
	synctest.Wait()
	state := s.r.State()
	if !state.On || state.Dir == "" {
		s.t.Fatalf("no recording: %+v", state)
	}
	return state.Dir
}

// stop ends the recording, which is closed then.
func (s *studio) stop() {
	s.t.Helper()
	s.r.Stop()
	synctest.Wait()
	if state := s.r.State(); state.On || state.Err != nil {
		s.t.Errorf("after Stop: %+v", state)
	}
}

// shoot has the camera deliver frames, one after another, each of which is looked at before the next one comes.
func (s *studio) shoot(frames int) {
	for range frames {
		time.Sleep(frameTime)
		s.put(time.Now())
		synctest.Wait()
	}
}

func (s *studio) put(captured time.Time) {
	s.number++
	s.last = sight.Frame{Number: s.number, Captured: captured, Picture: sight.FromYCbCr(scene(s.width, s.height, int(s.number)))}
	s.latest.Put(s.last)
}

// scene is a picture in which something moves.
func scene(width, height, n int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = uint8(i/7 + 3*n)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(128+n%64), 128
	}
	return img
}

// answer is an outcome about the newest frame.
func (s *studio) answer(text string) sight.Observation {
	now := time.Now()
	return sight.Observation{
		Session: "session", Seq: s.number, Frame: s.last, Outcome: sight.Answered,
		Question: sight.Question{Seq: s.number, Frame: s.last, Prompt: "What is there?", System: "Be brief.", ImageEdge: 32, ImageQuality: 80},
		Answer: sight.Answer{
			Text: text, Backend: "test", Sent: now, FirstToken: now, LastToken: now, Ended: now,
			Image: sight.Encoded{JPEG: []byte("\xff\xd8 as sent: " + text), Width: 32, Height: 24},
		},
	}
}

// observe has an outcome come, and be written.
func (s *studio) observe(o sight.Observation) {
	s.r.Observe(o)
	synctest.Wait()
}

func (s *studio) told() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var codes []string
	for _, err := range s.notices {
		codes = append(codes, fault.CodeOf(err))
	}
	return codes
}

// recordings are the folders there are.
func (s *studio) recordings() []string {
	s.t.Helper()
	dirs, err := archive.List(s.o.Folder)
	if err != nil {
		s.t.Fatal(err)
	}
	return dirs
}

// held is what is in memory of outcomes: those nobody has looked at, and those that are ready.
func (s *studio) held() (heard, notes int) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if s.r.tray == nil {
		return len(s.r.heard), 0
	}
	return len(s.r.heard), len(s.r.tray.notes)
}

func manifest(t *testing.T, dir string) archive.Manifest {
	t.Helper()
	m, err := archive.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func entries(dir string) []archive.Entry {
	var all []archive.Entry
	for e := range archive.Entries(dir, 0) {
		all = append(all, e)
	}
	return all
}

// tracks are the recording's segments, as far as they are on disk.
func tracks(t *testing.T, dir string) []mp4.Track {
	t.Helper()
	var all []mp4.Track
	for _, s := range manifest(t, dir).Segments {
		v, err := archive.OpenVideo(dir, s)
		if err != nil {
			t.Fatalf("%s: %v", s.File, err)
		}
		all = append(all, *v.Track)
		if err := v.File.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// moments are the times of all pictures since the recording's start.
func moments(t *testing.T, dir string) []time.Duration {
	t.Helper()
	var all []time.Duration
	segments := manifest(t, dir).Segments
	for i, track := range tracks(t, dir) {
		for _, s := range track.Samples {
			all = append(all, time.Duration(segments[i].StartMS*float64(time.Millisecond))+s.At)
		}
	}
	return all
}

func same[T comparable](t *testing.T, what string, want, got T) {
	t.Helper()
	if want != got {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

func near(t *testing.T, what string, want, got, within time.Duration) {
	t.Helper()
	if d := (want - got).Abs(); d > within {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
