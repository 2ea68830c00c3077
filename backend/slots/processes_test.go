package slots_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sightline/backend/slots"
)

// inLine waits until so many tickets lie in the line, and gives them.
func inLine(t *testing.T, dir string, n int) []string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if tickets, _ := filepath.Glob(filepath.Join(dir, "*", "queue", "*")); len(tickets) == n {
			return tickets
		}
	}
	t.Fatalf("never %d in line", n)
	return nil
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func take(t *testing.T, room *slots.Room) func(bool) {
	t.Helper()
	leave, err := room.Take(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestWindowsShareTheLimit(t *testing.T) {
	dir := t.TempDir()
	mine := slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1})
	other := open(t, dir)
	other.tell("take")
	other.hears("taken")

	if n := mine.InFlight(); n != 1 {
		t.Errorf("%d in flight, not 1", n)
	}
	if _, ok := mine.Try(); ok {
		t.Error("there was room for two")
	}
	elsewhere := slots.New(slots.Config{Dir: dir, Key: "http://127.0.0.1:8001", InFlight: 1})
	take(t, elsewhere)(true)

	other.tell("leave")
	other.hears("left")
	take(t, mine)(true)
	if n := mine.InFlight(); n != 0 {
		t.Errorf("%d in flight at the end", n)
	}
}

func TestCrashOfOneWhoAsksFreesItsRoom(t *testing.T) {
	dir := t.TempDir()
	mine := slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1})
	other := open(t, dir)
	other.tell("take")
	other.hears("taken")

	got := make(chan func(bool))
	go func() {
		leave, _ := mine.Take(soon(t))
		got <- leave
	}()
	inLine(t, dir, 1)
	other.kill()
	killed := time.Now()
	leave := <-got
	if leave == nil {
		t.Fatal("its room was never freed")
	}
	leave(true)
	t.Logf("taken %v after the crash", time.Since(killed))
}

func TestCrashOfOneWhoWaitsHoldsUpNobody(t *testing.T) {
	dir := t.TempDir()
	mine := slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1})
	leave := take(t, mine)
	other := open(t, dir)
	other.tell("take")
	dead := inLine(t, dir, 1)[0]

	got := make(chan func(bool))
	go func() {
		leave, _ := mine.Take(soon(t))
		got <- leave
	}()
	inLine(t, dir, 2)
	other.kill()
	leave(true)
	if leave = <-got; leave == nil {
		t.Fatal("it was held up")
	}
	leave(true)
	if _, err := os.Stat(dead); err == nil {
		t.Error("the ticket of the dead is still there")
	}
}

func TestWindowsAreServedInOrderOfArrival(t *testing.T) {
	dir := t.TempDir()
	mine := slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1})
	leave := take(t, mine)
	windows := make([]*window, 4)
	for i := range windows {
		windows[i] = open(t, dir)
		windows[i].tell("take")
		inLine(t, dir, i+1)
	}
	if _, ok := mine.Try(); ok {
		t.Error("there was room for one more")
	}
	leave(true)
	if _, ok := mine.Try(); ok {
		t.Error("one who has just come was served before those who wait")
	}
	for _, w := range windows {
		w.hears("taken")
		w.tell("leave")
		w.hears("left")
	}
}

// A window that asks back to back must not starve one that asks now and then.
func TestGreedyWindowDoesNotStarveAModestOne(t *testing.T) {
	dir := t.TempDir()
	greedy := slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1})
	modest := open(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	began, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 0; ctx.Err() == nil; n++ {
			leave, err := greedy.Take(ctx)
			if err != nil {
				return
			}
			if n == 0 {
				close(began)
			}
			time.Sleep(5 * time.Millisecond) // the answer
			leave(true)
		}
	}()
	<-began
	for range 5 {
		modest.tell("take")
		modest.hears("taken")
		modest.tell("leave")
		modest.hears("left")
	}
	stop()
	<-ended
}
