package recorder

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/archive"
	"sightline/backend/h264"
	"sightline/backend/sight"
)

// network is a camera that sends video of its own, as network cameras do. Its pictures must not be decoded, unless that is allowed.
type network struct {
	s     *studio
	every int // pictures from key to key; 0: the first one is the only key

	encoder       *h264.Encoder
	width, height int
	sets          h264.Unit // of the last key
	began         time.Time
	since         int // pictures since the last key
	newest        *sight.Coded
	allowed       bool
}

// inNetwork runs a story in fake time, with such a camera.
func inNetwork(t *testing.T, every int, story func(s *studio, c *network)) {
	t.Helper()
	inStudio(t, func(s *studio) {
		c := &network{s: s, every: every}
		c.resize(64, 48)
		defer func() { c.encoder.Close() }()
		story(s, c)
	})
}

// resize has the camera send pictures of another size: a stream of its own.
func (c *network) resize(width, height int) {
	c.s.t.Helper()
	if c.encoder != nil {
		c.encoder.Close()
	}
	var err error
	c.encoder, err = h264.NewEncoder(h264.Config{Width: width, Height: height, FPS: 30, BitsPerSecond: 2_000_000})
	if err != nil {
		c.s.t.Fatal(err)
	}
	c.width, c.height, c.began, c.since, c.newest = width, height, time.Now(), 0, nil
}

// take is one more picture, in its place of the chain.
func (c *network) take() {
	c.s.t.Helper()
	time.Sleep(frameTime)
	c.s.number++
	key := c.newest == nil || c.every > 0 && c.since >= c.every
	at := time.Since(c.began) / 100 // so that the encoder adds no keys of its own
	unit, err := c.encoder.Encode(scene(c.width, c.height, int(c.s.number)), at, key)
	if err != nil {
		c.s.t.Fatal(err)
	}
	same(c.s.t, "key", key, unit.Key)
	next := &sight.Coded{Data: unit.Data, Key: unit.Key, Captured: time.Now(), Before: c.newest}
	if c.since++; unit.Key {
		c.sets, c.since, next.Before = unit, 1, nil
	}
	next.SPS, next.PPS = c.sets.SPS, c.sets.PPS
	c.newest = next
}

// frame is the newest picture.
func (c *network) frame() sight.Frame {
	n, allowed := int(c.s.number), c.allowed
	return sight.Frame{
		Number: c.s.number, Captured: time.Now(), Coded: c.newest,
		Picture: sight.FromRender(c.width, c.height, func() *image.YCbCr {
			if !allowed {
				c.s.t.Errorf("picture %d was decoded", n)
			}
			return scene(c.width, c.height, n)
		}),
	}
}

// show puts a frame, and waits until it has been looked at.
func (c *network) show(f sight.Frame) {
	c.s.last = f
	c.s.latest.Put(f)
	synctest.Wait()
}

// shoot has the camera deliver frames, of which only every nth is looked at, as whoever is slow does. The last one always is.
func (c *network) shoot(frames, nth int) {
	c.s.t.Helper()
	for i := range frames {
		c.take()
		if (frames-1-i)%nth == 0 {
			c.show(c.frame())
		}
	}
}

// turned has the camera deliver frames a person has turned: without the camera's own video, which goes on.
func (c *network) turned(frames int) {
	c.s.t.Helper()
	for range frames {
		c.take()
		c.show(sight.Frame{
			Number: c.s.number, Captured: time.Now(), Picture: sight.FromYCbCr(scene(c.height, c.width, int(c.s.number))),
		})
	}
}

// wantPictures decodes a whole recording and checks that it has these pictures, in order, each frameTime after the one before, unless
// there is a hole in the numbers.
func wantPictures(t *testing.T, dir string, numbers []int) {
	t.Helper()
	var got []int
	for _, s := range manifest(t, dir).Segments {
		got = append(got, decoded(t, dir, s)...)
	}
	if len(got) != len(numbers) {
		t.Fatalf("%d pictures, want %d: %v", len(got), len(numbers), got)
	}
	shown := moments(t, dir)
	for i, n := range numbers {
		if got[i] != n%64 {
			t.Fatalf("picture %d of the video is %d, want %d", i, got[i], n%64)
		}
		if i > 0 {
			near(t, fmt.Sprintf("picture %d after the one before", i), time.Duration(n-numbers[i-1])*frameTime, shown[i]-shown[i-1], time.Millisecond)
		}
	}
}

// decoded is the numbers of a segment's pictures, as far as colours tell them.
func decoded(t *testing.T, dir string, s archive.Segment) []int {
	t.Helper()
	v, err := archive.OpenVideo(dir, s)
	if err != nil {
		t.Fatal(err)
	}
	defer v.File.Close()
	d, err := h264.NewDecoder(v.SPS, v.PPS)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var numbers []int
	for i, span := range v.Samples {
		data := make([]byte, span.Size)
		if _, err := v.File.ReadAt(data, span.Offset); err != nil {
			t.Fatal(err)
		}
		img, err := d.Decode(data)
		if err != nil {
			t.Fatalf("%s, picture %d: %v", s.File, i, err)
		}
		sum := 0
		for _, b := range img.Cb {
			sum += int(b)
		}
		numbers = append(numbers, int(math.Round(float64(sum)/float64(len(img.Cb))))-128)
	}
	return numbers
}

// through is the numbers from one to another.
func through(first, last int) []int {
	var all []int
	for n := first; n <= last; n++ {
		all = append(all, n)
	}
	return all
}

func TestCamerasOwnVideoIsWholeHoweverSeldomFramesAreLookedAt(t *testing.T) {
	for _, nth := range []int{1, 10, 60} {
		inNetwork(t, 60, func(s *studio, c *network) {
			dir := s.start()
			c.shoot(300, nth)
			s.stop()
			wantPictures(t, dir, through(1, 300))
			same(t, "segments", 1, len(manifest(t, dir).Segments))
			same(t, "width", 64, manifest(t, dir).Segments[0].Width)
			same(t, "missed", 0, s.r.State().Missed)
			same(t, "finished", true, tracks(t, dir)[0].Indexed)
		})
	}
}

// TestWhoMissesTheLastOnesBeforeAKeyIsToldSo: the chain goes no further back than the newest key.
func TestWhoMissesTheLastOnesBeforeAKeyIsToldSo(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(55, 11)
		c.shoot(30, 10) // looked at: 65, 75, 85; the key is 61
		s.stop()
		wantPictures(t, dir, slices.Concat(through(1, 55), through(61, 85)))
		same(t, "missed", 5, s.r.State().Missed)
		same(t, "segments", 1, len(manifest(t, dir).Segments))
	})
}

func TestRecordingBeginsWithTheCamerasLastKey(t *testing.T) {
	inNetwork(t, 120, func(s *studio, c *network) {
		c.shoot(200, 1)
		pressed := time.Now()
		dir := s.start()
		same(t, "pictures at once", true, s.r.State().Since.Before(pressed))
		c.shoot(5, 5)
		asked := s.last.Captured
		s.observe(s.answer("a door"))
		c.shoot(5, 5)
		c.shoot(50, 10)
		s.stop()
		wantPictures(t, dir, through(121, 260))
		near(t, "before it was asked for", 79*frameTime, pressed.Sub(manifest(t, dir).Started), time.Millisecond)
		near(t, "first picture", 0, moments(t, dir)[0], time.Millisecond)
		e := entries(dir)[0]
		near(t, "answer", asked.Sub(manifest(t, dir).Started), e.At(), time.Millisecond)
		near(t, "picture it is about", e.At(), moments(t, dir)[205-121], time.Millisecond)
	})
}

func TestRecordingDoesNotBeginLongBeforeItIsAskedFor(t *testing.T) {
	inNetwork(t, 600, func(s *studio, c *network) {
		c.shoot(500, 1)
		c.allowed = true // the key was 17 seconds ago
		pressed := time.Now()
		dir := s.start()
		c.shoot(100, 1)
		c.allowed = false
		c.shoot(50, 10)
		s.stop()
		wantPictures(t, dir, through(501, 650))
		near(t, "begins", 0, pressed.Sub(manifest(t, dir).Started), time.Millisecond)
		same(t, "segments: encoded, and the camera's own", 2, len(manifest(t, dir).Segments))
	})
}

func TestCameraThatIsGoneIsNotRecordedFromBefore(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		c.shoot(20, 1)
		time.Sleep(3 * time.Second)
		pressed := time.Now()
		dir := s.start()
		c.newest = nil // it is back
		c.shoot(30, 1)
		s.stop()
		near(t, "begins", 0, pressed.Sub(manifest(t, dir).Started), time.Millisecond)
		wantPictures(t, dir, through(21, 50))
	})
}

func TestWhoMissesAKeyGoesOnFromTheNextOne(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(30, 1)
		c.shoot(100, 100) // of which the key at 121 leads to 121 to 130
		c.shoot(20, 1)
		same(t, "missed", 90, s.r.State().Missed)
		s.stop()
		wantPictures(t, dir, slices.Concat(through(1, 30), through(121, 150)))
		same(t, "segments", 1, len(manifest(t, dir).Segments))
	})
}

func TestChainWithoutAKeyIsAGap(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(30, 1)
		c.take() // is lost
		c.newest.Before, c.newest.Data = nil, nil
		c.shoot(10, 1)
		c.shoot(40, 10)
		same(t, "missed", 30, s.r.State().Missed)
		s.stop()
		wantPictures(t, dir, slices.Concat(through(1, 30), through(61, 81)))
	})
}

func TestGapWithoutAKeyIsFilledByEncoding(t *testing.T) {
	inNetwork(t, 0, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(30, 1)
		c.take()
		c.newest.Before = nil
		c.shoot(int(farKey/frameTime)-5, 1)
		c.allowed = true
		c.shoot(100, 1)
		s.stop()
		got := moments(t, dir)
		near(t, "gap", farKey, got[30]-got[29], 2*frameTime)
		same(t, "segments", 2, len(manifest(t, dir).Segments))
	})
}

func TestOtherParametersAreAnotherSegment(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(100, 10)
		c.resize(96, 64)
		c.shoot(50, 10)
		c.resize(64, 48)
		c.shoot(40, 10)
		s.stop()
		m := manifest(t, dir)
		same(t, "segments", 3, len(m.Segments))
		same(t, "width", 96, m.Segments[1].Width)
		wantPictures(t, dir, through(1, 190))
	})
}

func TestParametersThatChangeAtTheSameSizeAreAnotherSegment(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(60, 10)
		c.take()
		c.sets.SPS = slices.Clone(c.sets.SPS)
		c.sets.SPS[3]++ // another level
		c.newest.SPS = c.sets.SPS
		c.shoot(89, 10)
		s.stop()
		same(t, "segments", 3, len(manifest(t, dir).Segments)) // the third is the first one's stream again
		wantPictures(t, dir, through(1, 150))
	})
}

func TestTurnedPictureIsEncodedUntilAKeyAfterItIsTurnedBack(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(50, 10)
		c.turned(50)
		c.allowed = true // until the key at 121
		c.shoot(20, 1)
		c.allowed = false
		c.shoot(60, 10)
		s.stop()
		m := manifest(t, dir)
		var widths []int
		for _, segment := range m.Segments {
			widths = append(widths, segment.Width)
		}
		same(t, "widths of the segments", "[64 48 64 64]", fmt.Sprint(widths))
		wantPictures(t, dir, through(1, 180))
		same(t, "missed", 0, s.r.State().Missed)
	})
}

func TestOtherNetworkCameraIsAnotherSegment(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(40, 10)
		s.latest.Clear()
		s.r.Describe(archive.About{Source: camera("rtsp://back/")})
		c.newest = nil
		c.shoot(40, 10)
		s.stop()
		m := manifest(t, dir)
		same(t, "segments", 2, len(m.Segments))
		same(t, "second", "rtsp://back/", m.Segments[1].Source.URI)
		wantPictures(t, dir, through(1, 80))
	})
}

func TestPreRollWithSeldomKeysBeginsWithTheKeyBefore(t *testing.T) {
	inNetwork(t, 120, func(s *studio, c *network) {
		s.set(func(o *Options) { o.PreRoll = 5 * time.Second })
		c.shoot(1000, 10)
		kept := s.r.State().PreRoll.Length
		if kept < 5*time.Second || kept > 9*time.Second+frameTime {
			t.Errorf("%v are kept", kept)
		}
		pressed := time.Now()
		dir := s.start()
		c.shoot(100, 10)
		s.stop()
		wantPictures(t, dir, through(841, 1100)) // five seconds before are 850
		near(t, "begins", 159*frameTime, pressed.Sub(manifest(t, dir).Started), time.Millisecond)
	})
}

func TestPreRollAfterARecordingBeginsWithTheLastKey(t *testing.T) {
	inNetwork(t, 120, func(s *studio, c *network) {
		s.set(func(o *Options) { o.PreRoll = 5 * time.Second })
		c.shoot(130, 10)
		first := s.start()
		c.shoot(50, 10)
		s.stop()
		c.shoot(10, 10)
		second := s.start()
		c.shoot(20, 10)
		s.stop()
		wantPictures(t, first, through(1, 180))
		wantPictures(t, second, through(121, 210))
	})
}

func TestPreRollOfAStalledCameraComesBackWithItsKey(t *testing.T) {
	inNetwork(t, 600, func(s *studio, c *network) {
		s.set(func(o *Options) { o.PreRoll = 5 * time.Second })
		c.shoot(30, 10)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		same(t, "kept while nothing comes", PreRoll{}, s.r.State().PreRoll)
		c.shoot(30, 10)
		dir := s.start()
		c.shoot(10, 10)
		s.stop()
		same(t, "pictures", 70, len(decoded(t, dir, manifest(t, dir).Segments[0])))
	})
}

func TestPreRollOfAGroupThatIsTooLargeIsNoneAtAll(t *testing.T) {
	now, st := time.Now(), &stream{}
	g, tr := &group{}, newTray(time.Minute)
	for i := range 40 {
		now = now.Add(frameTime)
		g.samples = append(g.samples, sample{data: make([]byte, 2<<20), moment: now, key: i == 0, stream: st})
		g.bytes += 2 << 20
		if part, ok := g.partFor(tr, 1); ok {
			g.lay(part, tr)
		}
		if p := tr.preRoll(); p.Bytes > maxKept {
			t.Fatalf("%d bytes kept", p.Bytes)
		}
	}
	same(t, "kept", PreRoll{}, tr.preRoll())
	g = &group{samples: []sample{{data: []byte{1}, moment: now.Add(frameTime), key: true, stream: st}}, bytes: 1}
	part, ok := g.partFor(tr, 1)
	same(t, "the next key is taken", true, ok && g.lay(part, tr) == 0 && len(tr.samples) == 1)
}

func TestFullTrayDropsUpToTheNextKey(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(10, 1)
		letGo := s.hang()
		c.shoot(20, 10)
		full := func(bytes int64) {
			s.r.mu.Lock()
			defer s.r.mu.Unlock()
			s.r.tray.film += bytes
		}
		full(maxWaiting) // as if large pictures had come
		c.shoot(10, 5)
		same(t, "missed while it is full", 10, s.r.State().Missed)
		full(-maxWaiting)
		letGo()
		c.shoot(10, 1)
		same(t, "missed before the next key", 20, s.r.State().Missed)
		c.shoot(20, 10) // the key is 61
		same(t, "missed", 30, s.r.State().Missed)
		s.stop()
		wantPictures(t, dir, slices.Concat(through(1, 30), through(61, 70)))
		same(t, "segments", 1, len(manifest(t, dir).Segments))
	})
}

func TestSegmentsOfTheCamerasOwnVideoBeginWithItsKeys(t *testing.T) {
	inNetwork(t, 120, func(s *studio, c *network) {
		s.set(func(o *Options) { o.SegmentTime = 3 * time.Second })
		dir := s.start()
		c.shoot(370, 10)
		s.stop()
		noFrameIsLost(t, dir, 370, 4)
		wantPictures(t, dir, through(1, 370))
	})
}

func TestVideoWithoutProperParametersIsEncoded(t *testing.T) {
	for name, spoil := range map[string]func(*sight.Coded){
		"none": func(c *sight.Coded) { c.SPS = nil }, "short": func(c *sight.Coded) { c.SPS = c.SPS[:3] },
		"half":    func(c *sight.Coded) { c.PPS = nil },
		"endless": func(c *sight.Coded) { c.SPS = append(slices.Clone(c.SPS), make([]byte, 1<<17)...) },
	} {
		t.Run(name, func(t *testing.T) {
			inNetwork(t, 60, func(s *studio, c *network) {
				c.allowed = true
				dir := s.start()
				for range 30 {
					c.take()
					spoil(c.newest)
					c.show(c.frame())
				}
				s.stop()
				wantPictures(t, dir, through(1, 30))
			})
		})
	}
}

// TestVideoWithPicturesOutOfOrderIsEncoded: in what such a camera sends, pictures come before others that are shown earlier (B-frames).
func TestVideoWithPicturesOutOfOrderIsEncoded(t *testing.T) {
	inNetwork(t, 60, func(s *studio, c *network) {
		c.allowed = true
		dir := s.start()
		for range 100 {
			c.take()
			f := c.frame()
			if c.s.number%2 == 0 {
				ahead := *c.newest
				ahead.Captured = ahead.Captured.Add(-3 * frameTime / 2)
				c.newest = &ahead
				f.Coded = c.newest
			}
			c.show(f)
		}
		s.stop()
		same(t, "pictures", true, len(moments(t, dir)) > 98)
		same(t, "segments", 2, len(manifest(t, dir).Segments))
	})
}

func TestStopInTheMiddleOfAGroupKeepsAllUpToThere(t *testing.T) {
	inNetwork(t, 300, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(37, 7)
		s.r.Stop()
		synctest.Wait()
		c.shoot(40, 1)
		wantPictures(t, dir, through(1, 37))
		same(t, "state", archive.Complete, manifest(t, dir).State)
	})
}

func TestRunThatEndsKeepsTheCamerasOwnVideo(t *testing.T) {
	inNetwork(t, 300, func(s *studio, c *network) {
		dir := s.start()
		c.shoot(100, 10)
		s.end()
		wantPictures(t, dir, through(1, 100))
	})
}

// TestPowerCutInTheMiddleOfAGroup cuts the power while fragments begin with anything but a key. All but two seconds are there, and can be
// decoded.
func TestPowerCutInTheMiddleOfAGroup(t *testing.T) {
	for n := 5; n < 60; n += 6 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inNetwork(t, 120, func(s *studio, c *network) {
				dir := s.start()
				s.disk.Seed(uint64(n))
				s.disk.CutAt(n)
				last := 0
				for range 60 {
					c.shoot(5, 5)
					if s.r.State().On {
						last = int(s.number)
					}
				}
				s.r.Stop()
				synctest.Wait()
				left := s.disk.Restart()
				dir = left.Dir() + dir[len(s.disk.Dir()):]
				if _, err := archive.Mend(archive.OS(), dir); err != nil {
					t.Fatal(err)
				}
				kept := len(moments(t, dir))
				if lost := time.Duration(last-kept) * frameTime; lost > 2*time.Second {
					t.Errorf("%v of video are lost", lost)
				}
				wantPictures(t, dir, through(1, kept))
			})
		})
	}
}

func TestChainIsWalkedOnlyAsFarAsItIsNew(t *testing.T) {
	first := &sight.Coded{Key: true}
	second := &sight.Coded{Before: first}
	third := &sight.Coded{Before: second}
	for _, c := range []struct {
		known  *sight.Coded
		units  int
		joined bool
	}{{nil, 3, false}, {first, 2, true}, {second, 1, true}, {third, 0, true}, {new(sight.Coded), 3, false}} {
		units, joined := since(c.known, third)
		if len(units) != c.units || joined != c.joined || len(units) > 0 && units[len(units)-1] != third {
			t.Errorf("%d units, joined %v, want %d and %v", len(units), joined, c.units, c.joined)
		}
	}
}

// TestKeyThatComesWithTheStartCostsNothing: the film begins with the frame the recording's beginning was taken from, although the slot has
// another one by then, which hangs together with nothing before it.
func TestKeyThatComesWithTheStartCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		coded := func(before *sight.Coded) *sight.Coded {
			time.Sleep(frameTime)
			return &sight.Coded{
				Data: []byte{0, 0, 0, 1, 0}, Key: before == nil, SPS: make([]byte, 9), PPS: make([]byte, 4), Captured: time.Now(), Before: before,
			}
		}
		frame := func(n uint64, c *sight.Coded) sight.Frame {
			return sight.Frame{Number: n, Captured: c.Captured, Coded: c, Picture: sight.FromRender(64, 48, nil)}
		}
		r := New(Config{Files: archive.OS(), Latest: new(sight.Latest)})
		r.tray = newTray(time.Minute)
		first := frame(3, coded(coded(coded(nil))))
		r.c.Latest.Put(frame(4, coded(nil)))
		f := startFilm(r, first)
		defer f.stop()
		synctest.Wait()
		same(t, "pictures", 4, len(r.tray.samples))
	})
}

func TestTrayTakesNothingFromBeforeItsLastPicture(t *testing.T) {
	now := time.Now()
	g := group{samples: []sample{{data: []byte{1}, moment: now, key: true}, {data: []byte{1}, moment: now.Add(2 * frameTime)}}}
	for _, c := range []struct {
		tray *tray
		ok   bool
	}{
		{&tray{}, true},
		{&tray{newest: now.Add(-frameTime)}, true},
		{&tray{newest: now.Add(frameTime)}, false},
		{&tray{from: now.Add(frameTime)}, false},
	} {
		if _, ok := g.partFor(c.tray, 1); ok != c.ok {
			t.Errorf("%+v takes it: %v", c.tray, ok)
		}
	}
}
