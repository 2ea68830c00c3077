package recorder

import (
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

func TestPreRollComesFirstAndGoesOnSeamlessly(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.PreRoll = 10 * time.Second })
		s.shoot(300)
		s.observe(s.answer("long before"))
		s.shoot(400)
		s.observe(s.answer("just before"))
		kept := s.r.State().PreRoll
		if kept.Length < 9*time.Second || kept.Length > 13*time.Second || kept.Bytes == 0 {
			t.Errorf("kept %+v", kept)
		}
		pressed := time.Now()
		dir := s.start()
		s.shoot(90)
		s.observe(s.answer("after"))
		s.stop()
		m := manifest(t, dir)
		if before := pressed.Sub(m.Started); before < 10*time.Second || before > 12*time.Second+frameTime {
			t.Errorf("begins %v before", before)
		}
		shown := moments(t, dir)
		noFrameIsLost(t, dir, len(shown), 1)
		near(t, "length", time.Since(m.Started), shown[len(shown)-1], 2*frameTime)
		got := entries(dir)
		same(t, "answers", 2, len(got))
		same(t, "first", "just before", got[0].Text)
		near(t, "when it was", pressed.Sub(m.Started), got[0].At(), time.Millisecond)
	})
}

func TestPreRollBeginsAnewAfterARecording(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.PreRoll = 10 * time.Second })
		s.shoot(60)
		first := s.start()
		s.shoot(60)
		s.stop()
		s.shoot(60)
		second := s.start()
		s.shoot(60)
		s.stop()
		same(t, "first", 120, len(moments(t, first)))
		noFrameIsLost(t, second, 120, 1)
	})
}

func TestPreRollOfACameraThatIsOffIsForgotten(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.PreRoll = 10 * time.Second })
		s.shoot(60)
		s.observe(s.answer("a door"))
		s.latest.Clear()
		time.Sleep(12 * time.Second)
		synctest.Wait()
		same(t, "kept", PreRoll{}, s.r.State().PreRoll)
		_, notes := s.held()
		same(t, "outcomes", 0, notes)
		pressed := time.Now()
		dir := s.start()
		s.shoot(30)
		s.stop()
		near(t, "begins", 0, pressed.Sub(manifest(t, dir).Started), time.Second)
		same(t, "pictures", 30, len(moments(t, dir)))
	})
}

func TestPreRollThatIsSwitchedOffIsForgotten(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.PreRoll = 10 * time.Second })
		s.shoot(60)
		s.set(func(o *Options) { o.PreRoll = 0 })
		synctest.Wait()
		same(t, "kept", PreRoll{}, s.r.State().PreRoll)
		dir := s.start()
		s.shoot(30)
		s.stop()
		same(t, "pictures", 30, len(moments(t, dir)))
	})
}

func TestPreRollOfAnswersAlone(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.PreRoll, o.Parts.Video = 10*time.Second, false })
		s.shoot(1)
		s.observe(s.answer("forgotten"))
		s.shoot(600)
		s.observe(s.answer("kept"))
		s.shoot(30)
		dir := s.start()
		s.stop()
		got := entries(dir)
		same(t, "answers", 1, len(got))
		same(t, "answer", "kept", got[0].Text)
		same(t, "at the beginning", 0, got[0].AtMS)
	})
}

func TestPreRollRemembersItsOwnSource(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.PreRoll = 10 * time.Second })
		s.shoot(60)
		s.r.Describe(archive.About{Source: camera("camera:back")})
		s.shoot(60)
		dir := s.start()
		s.stop()
		m := manifest(t, dir)
		same(t, "first", "camera:front", m.Source.URI)
		same(t, "segments", 2, len(m.Segments))
		same(t, "second", "camera:back", m.Segments[1].Source.URI)
	})
}

func TestPreRollIsBoundedWhateverComes(t *testing.T) {
	tr, now, st := newTray(time.Minute), time.Now(), new(stream)
	for i := range 2000 {
		now = now.Add(frameTime)
		tr.add(sample{data: make([]byte, 100_000), moment: now, key: i%60 == 0, stream: st})
		if i%100 == 0 {
			tr.tell(note{captured: now, picture: make([]byte, 1<<20)})
		}
		if p := tr.preRoll(); p.Bytes > maxKept {
			t.Fatalf("%d bytes kept", p.Bytes)
		}
		if len(tr.samples) > 0 && !tr.samples[0].key {
			t.Fatal("it does not begin with a key")
		}
	}
	if p := tr.preRoll(); p.Length < 10*time.Second {
		t.Errorf("only %v kept", p.Length)
	}
	// A group that never ends goes as a whole, and the next picture has to be a key.
	for range 2000 {
		tr.add(sample{data: make([]byte, 100_000), moment: now, stream: st})
		if !tr.begun {
			return
		}
	}
	t.Error("a group of pictures without an end is kept")
}

func TestPreRollHoldsNoDecodedPictures(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.PreRoll = 10 * time.Second })
		s.shoot(2)
		builtIn := s.answer("person")
		builtIn.Answer.Image = sight.Encoded{Width: 32, Height: 24}
		s.observe(builtIn)
		heard, notes := s.held()
		same(t, "outcomes waiting with their pictures", 0, heard)
		same(t, "outcomes with a JPEG", 1, notes)
	})
}
