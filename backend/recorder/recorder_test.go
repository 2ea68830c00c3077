package recorder

import (
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

func TestRecordingHoldsWhatWasSeenAndSaid(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		var asked []time.Duration // when the frames asked about were captured
		for range 5 {
			s.shoot(17)
			asked = append(asked, s.last.Captured.Sub(s.r.State().Since))
			s.observe(s.answer("a door"))
		}
		s.stop()
		m := manifest(t, dir)
		same(t, "state", archive.Complete, m.State)
		same(t, "version", "1.2.3", m.Version)
		same(t, "source", "camera:front", m.Source.URI)
		same(t, "segments", 1, len(m.Segments))
		same(t, "width", 64, m.Segments[0].Width)
		same(t, "answered", 5, m.Outcomes.Answered)
		shown := moments(t, dir)
		same(t, "pictures", 85, len(shown))
		for i, e := range entries(dir) {
			near(t, "answer", asked[i], e.At(), time.Millisecond)
			near(t, "picture asked about", e.At(), shown[17*(i+1)-1], time.Millisecond)
			same(t, "prompt", "What is there?", e.Prompt)
			same(t, "system", "Be brief.", e.System)
			same(t, "picture", "\xff\xd8 as sent: a door", read(t, dir, e.Picture))
		}
		same(t, "missed", 0, s.r.State().Missed)
	})
}

func TestKeysAreNeverMoreThanTwoSecondsApart(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(300)
		s.stop()
		track := tracks(t, dir)[0]
		last := time.Duration(0)
		for i, sample := range track.Samples {
			if i == 0 && !sample.Key {
				t.Error("the first picture is no key")
			}
			if sample.At-last > 2*time.Second+time.Millisecond {
				t.Errorf("no key from %v to %v", last, sample.At)
			}
			if sample.Key {
				last = sample.At
			}
		}
	})
}

func TestAnswersAreShownAsRecordedOnceTheyAreOnDisk(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.start()
		held := make(chan struct{})
		s.shoot(1)
		s.disk.Before(func(op, path string) {
			if op == "sync" && len(path) > 6 && path[len(path)-6:] == ".jsonl" {
				<-held
			}
		})
		s.observe(s.answer("a cat"))
		same(t, "answers while the disk is busy", 0, s.r.State().Answers)
		close(held)
		synctest.Wait()
		same(t, "answers", 1, s.r.State().Answers)
		s.disk.Before(nil)
		s.stop()
	})
}

func TestEveryOutcomeIsRecordedAndOnlyWhatWasSentHasAPicture(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(3)
		s.observe(sight.Observation{Seq: 1, Frame: s.last, Outcome: sight.Superseded})
		failed := s.answer("")
		failed.Outcome, failed.Err = sight.Failed, behind()
		s.observe(failed)
		builtIn := s.answer("person")
		builtIn.Answer.Image = sight.Encoded{Width: 32, Height: 24}
		s.observe(builtIn)
		other := s.answer("ein Hund")
		other.Question.Prompt = "Was ist da?"
		s.observe(other)
		s.stop()
		got := entries(dir)
		same(t, "lines", 4, len(got))
		same(t, "superseded", "", got[0].Picture)
		same(t, "failed", CodeBehind, got[1].Error.Code)
		same(t, "failed with a picture", true, got[1].Picture != "")
		same(t, "what the built-in saw is a JPEG", "\xff\xd8\xff", read(t, dir, got[2].Picture)[:3])
		same(t, "other question", "Was ist da?", got[3].Prompt)
	})
}

func TestFramesFromBeforeTheStartAreLeftOut(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.shoot(5)
		before := s.answer("too early")
		time.Sleep(time.Millisecond)
		dir := s.start()
		s.observe(before)
		s.shoot(10)
		s.stop()
		same(t, "answers", 0, len(entries(dir)))
		same(t, "pictures", 10, len(moments(t, dir)))
	})
}

func TestPartsAreLeftOut(t *testing.T) {
	for name, parts := range map[string]archive.Parts{
		"video": {Video: true}, "answers": {Answers: true}, "answers with pictures": {Answers: true, Frames: true},
		"all": {Video: true, Answers: true, Frames: true},
	} {
		t.Run(name, func(t *testing.T) {
			inStudio(t, func(s *studio) {
				s.set(func(o *Options) { o.Parts = parts })
				dir := s.start()
				s.shoot(20)
				s.observe(s.answer("a door"))
				s.stop()
				same(t, "video", parts.Video, len(manifest(t, dir).Segments) == 1)
				got := entries(dir)
				same(t, "answers", parts.Answers, len(got) == 1)
				same(t, "pictures", parts.Frames, len(got) == 1 && got[0].Picture != "")
			})
		})
	}
}

func TestNothingChosenIsSaid(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.Parts = archive.Parts{Frames: true} })
		s.r.Start()
		synctest.Wait()
		same(t, "on", false, s.r.State().On)
		same(t, "told", CodeNothing, s.told()[0])
		s.set(func(o *Options) { o.Parts.Answers, o.Folder = true, "" })
		s.r.Start()
		synctest.Wait()
		same(t, "told", CodeNowhere, s.told()[1])
	})
}

func TestStartAndStopTwiceAreHarmless(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.r.Stop()
		s.start()
		s.start()
		s.shoot(20)
		s.stop()
		s.stop()
		same(t, "recordings", 1, len(s.recordings()))
		same(t, "told", 0, len(s.told()))
	})
}

func TestStartAndStopAtOnceLeavesNoRubbish(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.shoot(3)
		s.r.Start()
		s.r.Stop()
		synctest.Wait()
		for _, dir := range s.recordings() { // none, or one that is whole
			same(t, "state", archive.Complete, manifest(t, dir).State)
		}
		same(t, "on", false, s.r.State().On)
	})
}

func TestStopAndStartMakeTwoRecordings(t *testing.T) {
	inStudio(t, func(s *studio) {
		first := s.start()
		s.shoot(20)
		s.r.Stop()
		second := s.start()
		s.shoot(30)
		s.stop()
		same(t, "first", 20, len(moments(t, first)))
		same(t, "second", 30, len(moments(t, second)))
		same(t, "state of the first", archive.Complete, manifest(t, first).State)
	})
}

func TestTheEndOfRunClosesTheRecording(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(50)
		s.r.Observe(s.answer("the last word"))
		s.end()
		same(t, "state", archive.Complete, manifest(t, dir).State)
		same(t, "pictures", 50, len(moments(t, dir)))
		same(t, "answers", 1, len(entries(dir)))
		same(t, "on", false, s.r.State().On)
	})
}

func TestStartBeforeRunIsCarriedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(Config{Files: archive.OS(), Latest: new(sight.Latest)})
		r.Set(Options{Folder: t.TempDir(), Parts: archive.Parts{Video: true}})
		r.Start()
		ctx, done := t.Context(), make(chan struct{})
		go func() { defer close(done); _ = r.Run(ctx) }()
		synctest.Wait()
		same(t, "on", true, r.State().On)
		t.Cleanup(func() { <-done })
	})
}

func TestWithoutRecordingNobodyLooksAtFrames(t *testing.T) {
	inStudio(t, func(s *studio) {
		for n := range 30 {
			time.Sleep(frameTime)
			s.latest.Put(sight.Frame{Number: uint64(n + 1), Captured: time.Now(), Picture: sight.FromRender(64, 48, nil)}) // would panic
			synctest.Wait()
		}
		s.r.Observe(s.answer("not kept"))
		heard, _ := s.held()
		same(t, "outcomes held", 0, heard)
		same(t, "changes", 0, len(s.changes))
	})
}

func TestGrowthIsToldAFewTimesASecond(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.start()
		synctest.Wait()
		s.mu.Lock()
		before := len(s.changes)
		s.mu.Unlock()
		s.shoot(300)
		s.mu.Lock()
		told := len(s.changes) - before
		s.mu.Unlock()
		if told < 10 || told > 40 {
			t.Errorf("told %d times in ten seconds", told)
		}
		if s.r.State().Bytes == 0 {
			t.Error("nothing grows")
		}
		s.stop()
	})
}
