package slots

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestClockThatJumpsKeepsNobodyOutForLongerThanAMinute(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for _, jump := range []time.Duration{-24 * time.Hour, -time.Minute, -time.Second, 0, time.Second, time.Minute, 24 * time.Hour} {
		used := begun{now.UnixNano(), now.UnixNano()}
		then := now.Add(jump)
		counts := used.at(then)
		wait := counts.wait(then, 2)
		if wait > time.Minute || wait < 0 {
			t.Errorf("after a jump of %v one waits %v", jump, wait)
		}
		if later := then.Add(time.Minute); counts.at(later).wait(later, 2) != 0 {
			t.Errorf("after a jump of %v and a minute one still waits", jump)
		}
	}
}

func TestMinuteThatWasHalfWrittenCountsAsFarAsItGoes(t *testing.T) {
	b := begun{1, 2, 3}
	raw := b.bytes()
	for n := range len(raw) + 1 {
		if got := readBegun(raw[:n]); len(got) != n/8 {
			t.Errorf("%d bytes give %v", n, got)
		}
	}
}

// Another window may come upon folders that the first one has not quite made.
func TestHalfMadeFoldersAreNoReasonToLeaveTheFiles(t *testing.T) {
	room := New(Config{Dir: t.TempDir(), Key: "a", InFlight: 1})
	if err := os.Mkdir(room.files.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	leave, ok := room.Try()
	if !ok {
		t.Fatal("no room")
	}
	defer leave(true)
	if n, err := room.files.inFlight(); n != 1 || err != nil {
		t.Errorf("%d in flight by the files: %v", n, err)
	}
}

// A window that was stopped (Ctrl+Z, a debugger) keeps its locks.
func TestOneWhoWaitsAndSleepsIsPassedBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := New(Config{Dir: t.TempDir(), Key: "a", InFlight: 1})
		leave, ok := room.Try()
		if !ok {
			t.Fatal("no room")
		}
		stopped := &waiter{}
		room.look(stopped, true)
		leave(true)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		leave, err := room.Take(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < asleep || took > asleep+2*looksLatest {
			t.Errorf("it was passed by after %v", took)
		}
		leave(true)
		if p, _ := room.look(stopped, true); p == nil {
			t.Error("once it is awake it has lost its turn")
		} else {
			p.giveBack(true)
		}
	})
}

func TestOneStoppedInTheGateHoldsUpNobodyForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := New(Config{Dir: t.TempDir(), Key: "a", InFlight: 1})
		open, err := room.files.gate()
		if err != nil {
			t.Fatal(err)
		}
		defer open()
		began := time.Now()
		leave, err := room.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 2*gatePatience {
			t.Errorf("it took %v", took)
		}
		leave(true)
	})
}

func TestDiskThatFailsWhileOneWaitsIsNoReasonNotToAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := New(Config{Dir: t.TempDir(), Key: "a", InFlight: 1, PerMinute: 100})
		leave, ok := room.Try()
		if !ok {
			t.Fatal("no room")
		}
		defer leave(true)
		w := &waiter{}
		if p, _ := room.look(w, true); p != nil {
			t.Fatal("there was room for two")
		}
		minute := room.files.dir + "/minute"
		if err := errors.Join(os.Remove(minute), os.Mkdir(minute, 0o700)); err != nil {
			t.Fatal(err)
		}
		p, _ := room.look(w, true)
		if p == nil {
			t.Fatal("it waits for a disk")
		}
		if n := room.InFlight(); n != 2 {
			t.Errorf("%d in flight, not the one on disk and the one in memory", n)
		}
		p.giveBack(true)
	})
}
