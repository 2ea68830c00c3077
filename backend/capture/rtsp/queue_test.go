package rtsp

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
)

// at is a unit that came that many milliseconds after the others' start.
func at(ms int, key bool) *unit {
	return &unit{arrived: time.Unix(1, 0).Add(time.Duration(ms) * time.Millisecond), key: key, nals: [][]byte{make([]byte, 100)}}
}

// waiting is the times of what is in a queue, which it empties.
func waiting(q *queue) (ms []int) {
	for u := q.take(); u != nil; u = q.take() {
		ms = append(ms, int(u.arrived.Sub(time.Unix(1, 0)).Milliseconds()))
	}
	return ms
}

func TestQueueBeginsWithAKey(t *testing.T) {
	q := newQueue(100 * time.Millisecond)
	for i := range 5 {
		q.push(at(i, i == 2))
	}
	if got := waiting(q); !same(got, []int{2, 3, 4}) || q.dropped() != 2 {
		t.Errorf("it holds %v, left out %d", got, q.dropped())
	}
}

func TestDecoderThatFallsBehindGoesOnAtTheNextKey(t *testing.T) {
	q := newQueue(100 * time.Millisecond)
	q.bePatient(false)
	for ms := 0; ms <= 300; ms += 10 {
		q.push(at(ms, ms%200 == 0))
		if ms > 110 && ms < 200 && len(q.units) > 0 {
			t.Fatalf("after %d ms, %d units wait for a decoder that is behind", ms, len(q.units))
		}
	}
	if got := waiting(q); !same(got, []int{200, 210, 220, 230, 240, 250, 260, 270, 280, 290, 300}) {
		t.Errorf("it holds %v", got)
	}
}

func TestDecoderThatStartsIsWaitedForButNotWithoutBound(t *testing.T) {
	q := newQueue(100 * time.Millisecond)
	for ms := range maxWaiting {
		q.push(at(ms*10, ms == 0))
	}
	if got := waiting(q); len(got) != maxWaiting {
		t.Errorf("%d units are left", len(got))
	}
	for ms := range maxWaiting + 9 {
		q.push(at(ms*10, ms == 0 || ms == maxWaiting+5))
	}
	if got := waiting(q); len(got) != 4 {
		t.Errorf("%d units are left of too many", len(got))
	}
}

func TestQueueIsLeftWhenNobodyWaitsAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() { time.Sleep(time.Millisecond); q.push(at(0, true)) }()
		if u, err := q.pop(ctx); u == nil || err != nil {
			t.Errorf("got %v, %v", u, err)
		}
		if _, err := q.pop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// TestLostPictureDoesNotMakeAllOthersOld is a decoder that loses one of two hundred.
func TestLostPictureDoesNotMakeAllOthersOld(t *testing.T) {
	for held := range 3 { // what the decoder always holds back
		m := newMatcher(time.Time{})
		shown, wrong := 0, 0
		for i := range 200 {
			if err := m.admit(t.Context(), at(i, false)); err != nil {
				t.Fatal(err)
			}
			if i == 100 || i < held {
				continue
			}
			u, _ := m.shown(time.Unix(9, 0))
			if shown++; u != nil && u.arrived != at(i-held, false).arrived {
				wrong++
			}
		}
		if wrong == 0 || wrong > 2*lookEvery {
			t.Errorf("holding %d back: %d of %d pictures had the wrong time", held, wrong, shown)
		}
	}
}

func TestTimesAlwaysRise(t *testing.T) {
	m := newMatcher(at(5, false).arrived)
	var last time.Time
	for i := range 10 {
		if i%3 == 0 { // more pictures than units
			_ = m.admit(t.Context(), at(i, false)) // there is room
		}
		_, captured := m.shown(at(20+i, false).arrived)
		if !captured.After(last) || !captured.After(at(5, false).arrived) {
			t.Errorf("picture %d is of %v, after %v", i, captured, last)
		}
		last = captured
	}
}

// TestDecoderThatSwallowsUnitsIsNotWaitedForForEver: after the first picture, only so many are in it at once.
func TestDecoderThatSwallowsUnitsIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMatcher(time.Time{})
		start := time.Now()
		for i := range 30 { // it starts
			if err := m.admit(t.Context(), at(i, false)); err != nil {
				t.Fatal(err)
			}
		}
		m.shown(time.Now())
		if time.Since(start) > 0 {
			t.Errorf("it waited %v for a decoder that starts", time.Since(start))
		}
		for i := range 5 {
			if err := m.admit(t.Context(), at(30+i, false)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < stuckFor || took > 4*stuckFor {
			t.Errorf("it waited %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), stuckFor/2)
		defer cancel()
		for i := range inDecoder + 1 {
			if err := m.admit(ctx, at(40+i, false)); err != nil {
				return
			}
		}
		t.Error("it took more than there is room for")
	})
}

// TestWhatIsWrongDependsOnWhatCame plays what came, tenth of a second by tenth, and looks when trouble is told and which.
func TestWhatIsWrongDependsOnWhatCame(t *testing.T) {
	w := waits{answer: 5 * time.Second, key: 15 * time.Second, first: 6 * time.Second, patience: 2 * time.Second}
	for name, tc := range map[string]struct {
		units, key, pictures int // until which second they come; -1: never
		code                 string
		when                 int
	}{
		"nothing":                 {-1, -1, -1, kind + ".silent", 5},
		"no key":                  {30, -1, -1, codeKeyless, 15},
		"no key, then no more":    {1, -1, -1, kind + ".silent", 6},
		"no picture":              {30, 0, -1, codeUndecoded, 6},
		"no picture, then silent": {0, 0, -1, kind + ".silent", 5},
		"it stalls":               {3, 0, 3, codeStalled, 5},
		"the machine is slow":     {30, 0, 3, codeBehind, 5},
	} {
		start := time.Now()
		p := &progress{address: opened(t, "rtsp://door/"+secret, nil).address, waits: w, started: start}
		var wrong error
		tenth := 0
		for ; tenth < 300 && wrong == nil; tenth++ {
			now := start.Add(time.Duration(tenth) * time.Second / 10)
			if tenth <= tc.units*10 {
				p.came(now, tc.key*10 == tenth)
			}
			if tenth <= tc.pictures*10 {
				p.showed(now)
			}
			if wait, err := p.trouble(now); wait <= 0 {
				wrong = err
			}
		}
		capturetest.WantFault(t, wrong, tc.code, fault.Source)
		if tenth-1 != tc.when*10 {
			t.Errorf("%s: told after %d tenths of a second", name, tenth-1)
		}
	}
}
