package slots_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/slots"
)

// rooms is a room kept by files, and one that has to do without.
func rooms(t *testing.T, inFlight, perMinute int) map[string]*slots.Room {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]*slots.Room{
		"files":  slots.New(slots.Config{Dir: t.TempDir(), Key: key, InFlight: inFlight, PerMinute: perMinute}),
		"memory": slots.New(slots.Config{Dir: filepath.Join(file, "no folder"), Key: key, InFlight: inFlight, PerMinute: perMinute}),
	}
}

func TestNeverMoreAtOnceThanTheLimit(t *testing.T) {
	for name, room := range rooms(t, 3, 0) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var now, most atomic.Int32
				var all sync.WaitGroup
				for range 12 {
					all.Go(func() {
						for range 5 {
							leave := take(t, room)
							most.Store(max(most.Load(), now.Add(1)))
							time.Sleep(10 * time.Millisecond)
							now.Add(-1)
							leave(true)
							leave(true) // twice is once
						}
					})
				}
				all.Wait()
				if most.Load() != 3 || room.InFlight() != 0 {
					t.Errorf("%d at once of 3, and %d are left", most.Load(), room.InFlight())
				}
			})
		})
	}
}

func TestFirstComeFirstServed(t *testing.T) {
	for name, room := range rooms(t, 1, 0) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				leave := take(t, room)
				var mu sync.Mutex
				var order []int
				var all sync.WaitGroup
				for i := range 6 {
					all.Go(func() {
						leave := take(t, room)
						mu.Lock()
						order = append(order, i)
						mu.Unlock()
						time.Sleep(time.Millisecond)
						leave(true)
					})
					time.Sleep(time.Millisecond)
				}
				if _, ok := room.Try(); ok {
					t.Error("there was room for two")
				}
				leave(true)
				if _, ok := room.Try(); ok {
					t.Error("one who has just come was served before those who wait")
				}
				all.Wait()
				for i, who := range order {
					if i != who {
						t.Fatalf("served in the order %v", order)
					}
				}
			})
		})
	}
}

func TestOneWhoGivesUpHoldsUpNobody(t *testing.T) {
	for name, room := range rooms(t, 1, 0) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				leave := take(t, room)
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				began := time.Now()
				if _, err := room.Take(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v, not the context's", err)
				}
				if took := time.Since(began); took > 110*time.Millisecond {
					t.Errorf("it gave up after %v", took)
				}
				leave(true)
				leave, ok := room.Try()
				if !ok {
					t.Fatal("the room is held up by one who has given up")
				}
				leave(true)
				gone, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := room.Take(gone); !errors.Is(err, context.Canceled) {
					t.Errorf("error %v of one who had gone before", err)
				}
			})
		})
	}
}

func TestWithoutALimitAllAreCounted(t *testing.T) {
	for name, room := range rooms(t, 0, 0) {
		t.Run(name, func(t *testing.T) {
			var leaves []func(bool)
			for range 70 { // more than are told apart
				leave, ok := room.Try()
				if !ok {
					t.Fatalf("no room after %d", len(leaves))
				}
				leaves = append(leaves, leave)
			}
			if n := room.InFlight(); n < 64 || n > 70 {
				t.Errorf("%d in flight of 70", n)
			}
			for _, leave := range leaves[:60] {
				leave(true)
			}
			if n := room.InFlight(); n < 4 || n > 10 {
				t.Errorf("%d in flight of 10, most of them in high places", n)
			}
			for _, leave := range leaves {
				leave(true)
			}
			if n := room.InFlight(); n != 0 {
				t.Errorf("%d in flight of none", n)
			}
		})
	}
}

func TestMinuteIsHonoured(t *testing.T) {
	for name, room := range rooms(t, 0, 3) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				var at []time.Time
				for range 10 {
					leave, err := room.Take(ctx)
					if err != nil {
						t.Fatal(err)
					}
					leave(true)
					at = append(at, time.Now())
					time.Sleep(time.Second)
				}
				for i := range at[3:] {
					if d := at[i+3].Sub(at[i]); d < time.Minute || d > time.Minute+time.Second {
						t.Errorf("question %d began %v after question %d", i+3, d, i)
					}
				}
			})
		})
	}
}

func TestWhatWasNotAskedDoesNotCountForTheMinute(t *testing.T) {
	for name, room := range rooms(t, 0, 1) {
		t.Run(name, func(t *testing.T) {
			leave, ok := room.Try()
			if !ok {
				t.Fatal("no room")
			}
			leave(false)
			if leave, ok = room.Try(); !ok {
				t.Fatal("the minute was used up by nothing")
			}
			leave(true)
			if _, ok = room.Try(); ok {
				t.Error("two within the minute")
			}
		})
	}
}

func TestFolderThatGoesWhileSomebodyWaitsIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "runtime", "slots")
		room := slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1})
		leave := take(t, room)
		defer leave(true)
		got := make(chan func(bool))
		go func() { got <- take(t, room) }()
		time.Sleep(50 * time.Millisecond)
		if err := os.Rename(dir, dir+" that was"); err != nil { // at one go, unlike a removal
			t.Fatal(err)
		}
		(<-got)(true)
	})
}

func TestFilesAreForOnePersonAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes: the folder lies in the person's own")
	}
	dir := filepath.Join(t.TempDir(), "slots")
	take(t, slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1, PerMinute: 9}))(true)
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkTake is what a question pays where nobody else asks.
func BenchmarkTake(b *testing.B) {
	room := slots.New(slots.Config{Dir: b.TempDir(), Key: key, InFlight: 4, PerMinute: 0})
	for b.Loop() {
		leave, err := room.Take(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		leave(true)
	}
}

// BenchmarkInFlight is what a look at a server costs at which ten questions are.
func BenchmarkInFlight(b *testing.B) {
	room := slots.New(slots.Config{Dir: b.TempDir(), Key: key})
	for range 10 {
		leave, ok := room.Try()
		if !ok {
			b.Fatal("no room")
		}
		defer leave(true)
	}
	for b.Loop() {
		if n := room.InFlight(); n != 10 {
			b.Fatal(n)
		}
	}
}
