package recorder

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/archive"
	"sightline/backend/archive/archivetest"
	"sightline/backend/fault"
)

// endsWith checks that a recording ended by itself, and told why, once.
func (s *studio) endsWith(code string) {
	s.t.Helper()
	state := s.r.State()
	same(s.t, "on", false, state.On)
	same(s.t, "why", code, fault.CodeOf(state.Err))
	same(s.t, "told", fmt.Sprint([]string{code}), fmt.Sprint(s.told()))
}

// worksAgain checks that the next recording is a good one.
func (s *studio) worksAgain() {
	s.t.Helper()
	dir := s.start()
	same(s.t, "old trouble", nil, s.r.State().Err)
	s.shoot(20)
	s.stop()
	same(s.t, "pictures", 20, len(moments(s.t, dir)))
}

func TestFullDiskEndsTheRecordingAndNotTheSession(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.disk.Room(30_000)
		s.shoot(600)
		s.endsWith(archive.CodeFull)
		s.disk.Heal()
		if _, err := archive.Mend(s.disk, dir); err != nil {
			t.Fatal(err)
		}
		if len(moments(t, dir)) < 30 {
			t.Errorf("only %d pictures are left", len(moments(t, dir)))
		}
		s.worksAgain()
	})
}

func TestDiskThatFailsInAnyWaySaysSo(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		code string
	}{
		{"read-only", archivetest.ErrReadOnly, archive.CodeReadOnly},
		{"forbidden", fs.ErrPermission, archive.CodeReadOnly},
		{"broken", archivetest.ErrBroken, archive.CodeFailed},
		{"unplugged", archivetest.ErrGone, archive.CodeGone},
		{"deleted", fs.ErrNotExist, archive.CodeGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			inStudio(t, func(s *studio) {
				s.start()
				s.shoot(40)
				s.disk.FailAt(3, c.err)
				s.shoot(40)
				s.endsWith(c.code)
				s.disk.Heal()
				s.worksAgain()
			})
		})
	}
}

func TestFolderThatCannotBeMadeIsSaidAtTheStart(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.disk.FailAt(1, fs.ErrPermission)
		s.r.Start()
		synctest.Wait()
		s.endsWith(archive.CodeReadOnly)
		s.disk.Heal()
		s.worksAgain()
	})
}

func TestLittleSpaceWarnsOnceAndEndsInTime(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(90)
		same(t, "low", false, s.r.State().LowDisk)
		s.leave(900 << 20)
		s.shoot(300)
		same(t, "low", true, s.r.State().LowDisk)
		same(t, "told", fmt.Sprint([]string{CodeLow}), fmt.Sprint(s.told()))
		s.leave(199 << 20)
		s.shoot(90)
		same(t, "on", false, s.r.State().On)
		same(t, "why", CodeEnding, fault.CodeOf(s.r.State().Err))
		same(t, "told", fmt.Sprint([]string{CodeLow, CodeEnding}), fmt.Sprint(s.told()))
		m := manifest(t, dir)
		same(t, "state", archive.Complete, m.State)
		same(t, "reason", CodeEnding, m.Reason.Code)
		same(t, "finished", true, tracks(t, dir)[0].Indexed)
	})
}

func TestTooLittleSpaceRefusesToBegin(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.leave(100 << 20)
		s.r.Start()
		synctest.Wait()
		s.endsWith(CodeEnding)
		same(t, "recordings", 0, len(s.recordings()))
		s.leave(plenty)
		s.worksAgain()
	})
}

// hang has the disk hang in operations from now on, until it is let go.
func (s *studio) hang() (letGo func()) {
	held := make(chan struct{})
	s.disk.Before(func(string, string) { <-held })
	return func() {
		s.disk.Before(nil)
		close(held)
		synctest.Wait()
	}
}

func TestSlowDiskStallsNeitherPicturesNorAnswers(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(30)
		letGo := s.hang()
		for range 10 {
			s.shoot(30)
			s.observe(s.answer("a door"))
		}
		letGo()
		s.stop()
		noFrameIsLost(t, dir, 330, 1)
		same(t, "answers", 10, len(entries(dir)))
	})
}

func TestMoreAnswersThanWaitEndTheRecording(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(1)
		letGo := s.hang()
		for range maxAnswers {
			s.r.Observe(s.answer("a door"))
		}
		synctest.Wait()
		same(t, "failure", nil, s.r.failed())
		s.r.Observe(s.answer("one too many"))
		synctest.Wait()
		letGo()
		s.endsWith(CodeBehind)
		same(t, "answers", maxAnswers, len(entries(dir)))
		same(t, "reason", CodeBehind, manifest(t, dir).Reason.Code)
		s.worksAgain()
	})
}

func TestHungDiskIsLeftBehindAtStop(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(10)
		letGo := s.hang()
		s.shoot(30)
		s.r.Stop()
		time.Sleep(shake + look)
		synctest.Wait()
		s.endsWith(CodeHanging)
		s.r.Start()
		synctest.Wait()
		same(t, "on while the disk hangs", false, s.r.State().On)
		same(t, "told again", CodeHanging, s.told()[1])
		letGo()
		same(t, "the old one is closed", archive.Complete, manifest(t, dir).State)
		same(t, "and says why", CodeHanging, manifest(t, dir).Reason.Code)
		s.worksAgain()
	})
}

func TestHungDiskDoesNotHoldUpTheEnd(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.start()
		s.shoot(10)
		letGo := s.hang()
		s.shoot(30)
		before := time.Now()
		s.end()
		if took := time.Since(before); took > shake+look {
			t.Errorf("took %v", took)
		}
		s.endsWith(CodeHanging)
		letGo()
	})
}

func TestDiskThatIsFarTooSlowIsNotWaitedForForever(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(10)
		s.disk.Before(func(string, string) { time.Sleep(shake - time.Second) })
		for range 20 {
			s.observe(s.answer("a door"))
			s.shoot(15)
		}
		before := time.Now()
		s.end()
		if took := time.Since(before); took > farewell+look {
			t.Errorf("took %v", took)
		}
		s.endsWith(CodeHanging)
		s.disk.Before(nil)
		time.Sleep(shake)
		synctest.Wait()
		same(t, "closed behind our back", archive.Complete, manifest(t, dir).State)
	})
}

func TestDiskThatHangsForLongEndsTheRecording(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.start()
		s.shoot(10)
		letGo := s.hang()
		for range 35 {
			s.shoot(30)
		}
		s.endsWith(CodeHanging)
		_, notes := s.held()
		same(t, "outcomes in memory", 0, notes)
		letGo()
		s.worksAgain()
	})
}

func TestVideoThatWaitsForTheDiskIsBounded(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(10)
		letGo := s.hang()
		s.shoot(20)
		s.r.mu.Lock()
		s.r.tray.film += maxWaiting // as if large pictures had come
		s.r.mu.Unlock()
		s.shoot(20)
		same(t, "missed", 20, s.r.State().Missed)
		s.r.mu.Lock()
		s.r.tray.film -= maxWaiting
		s.r.mu.Unlock()
		letGo()
		s.shoot(20)
		s.stop()
		same(t, "pictures", 50, len(moments(t, dir)))
	})
}

// TestPowerCutAnywhere cuts the power at one operation after another. What was shown as recorded is there, and all but two seconds of video.
func TestPowerCutAnywhere(t *testing.T) {
	for n := 1; n < 90; n += 4 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inStudio(t, func(s *studio) {
				dir := s.start()
				s.disk.Seed(uint64(n))
				s.disk.CutAt(n)
				var shown []time.Duration
				var answers int
				for range 10 {
					for range 10 {
						s.shoot(1)
						if s.r.State().On {
							shown = append(shown, s.last.Captured.Sub(s.r.State().Since))
							answers = s.r.State().Answers
						}
					}
					s.r.Observe(s.answer("a door"))
				}
				s.r.Stop()
				synctest.Wait()
				answers = max(answers, s.r.State().Answers)
				left := s.disk.Restart()
				after(t, left.Dir()+dir[len(s.disk.Dir()):], shown, answers)
			})
		})
	}
}

func after(t *testing.T, dir string, shown []time.Duration, answers int) {
	t.Helper()
	if _, err := archive.Mend(archive.OS(), dir); err != nil {
		t.Fatal(err)
	}
	if got := len(entries(dir)); got < answers {
		t.Errorf("%d answers were shown as recorded, %d are left", answers, got)
	}
	left := time.Duration(0)
	for i, track := range tracks(t, dir) {
		left = time.Duration(manifest(t, dir).Segments[i].StartMS*float64(time.Millisecond)) + track.Length
	}
	if len(shown) == 0 {
		return
	}
	if lost := slices.Max(shown) - left; lost > 2*time.Second {
		t.Errorf("%v of video are lost", lost)
	}
}
