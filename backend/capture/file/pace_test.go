package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// shown is when which pictures of a film are put.
func shown(t *testing.T, f *film, put func(n int)) (numbers []int, times []time.Duration) {
	t.Helper()
	began := time.Now()
	r := newReader(f)
	defer r.watch.Stop()
	err := r.live(t.Context(), func(frame sight.Frame) {
		n := at(t, frame)
		numbers, times = append(numbers, n), append(times, time.Since(began))
		if put != nil {
			put(n)
		}
	})
	if !errors.Is(err, io.EOF) {
		t.Errorf("it ended with %v", err)
	}
	return numbers, times
}

func TestPicturesComeWhenTheyAreDue(t *testing.T) {
	for _, fps := range []float64{30, 0.2, 0} {
		synctest.Test(t, func(t *testing.T) {
			numbers, times := shown(t, &film{fps: fps, length: 300}, nil)
			if fps == 0 {
				fps = 25 // what is usual
			}
			for i, n := range numbers {
				if due := time.Duration(float64(i) / fps * float64(time.Second)); n != i || times[i]-due > time.Millisecond || due > times[i]+time.Millisecond {
					t.Fatalf("at %v a second, picture %d came as number %d at %v; want %v", fps, n, i, times[i], due)
				}
			}
			if len(numbers) != 300 {
				t.Errorf("%d pictures of 300", len(numbers))
			}
		})
	}
}

func TestLatePicturesAreLeftOutAndLatenessNeverAddsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hiccup := func(n int) {
			if n == 100 {
				time.Sleep(500 * time.Millisecond)
			}
			time.Sleep(time.Millisecond)
		}
		numbers, times := shown(t, &film{fps: 30, length: 300, read: hiccup}, nil)
		if skipped := 300 - len(numbers); skipped < 13 || skipped > 16 {
			t.Errorf("%d pictures were left out; want about 15", skipped)
		}
		if end := times[len(times)-1]; numbers[len(numbers)-1] != 299 || end > 10050*time.Millisecond || end < 9950*time.Millisecond {
			t.Errorf("picture %d was the last, at %v; want 299 at 10 s", numbers[len(numbers)-1], end)
		}
		if !slices.IsSorted(numbers) {
			t.Error("time went backwards")
		}
	})
}

// TestSlowMachinePlaysAllSlowly has a machine that needs twice the time a picture has. To leave out pictures would gain nothing: they are to be decoded all the same.
func TestSlowMachinePlaysAllSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		numbers, times := shown(t, &film{fps: 30, length: 300, read: func(int) { time.Sleep(time.Second / 15) }}, nil)
		if len(numbers) < 150 {
			t.Errorf("%d pictures of 300 were shown", len(numbers))
		}
		for i := range times[1:] {
			if gap := times[i+1] - times[i]; gap > 250*time.Millisecond {
				t.Errorf("nothing came for %v after picture %d", gap, numbers[i])
			}
		}
	})
}

func TestAfterSleepItGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		numbers, _ := shown(t, &film{fps: 30, length: 300}, func(n int) {
			if n == 100 {
				time.Sleep(time.Hour)
			}
		})
		if len(numbers) != 300 {
			t.Errorf("%d pictures of 300", len(numbers))
		}
	})
}

func TestWhoAsksSetsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &film{fps: 30, length: 50}
		r := newReader(f)
		var numbers []int
		err := r.each(t.Context(), func(frame sight.Frame) {
			numbers = append(numbers, at(t, frame))
			time.Sleep(time.Minute) // longer than any disk may take
			if f.n != len(numbers) {
				t.Errorf("picture %d was read before number %d was settled", f.n, len(numbers))
			}
		})
		if !errors.Is(err, io.EOF) || len(numbers) != 50 || numbers[49] != 49 || r.stalled.Load() {
			t.Errorf("%d pictures, %v", len(numbers), err)
		}
	})
}

func TestStalledDiskIsAFault(t *testing.T) {
	for name, after := range map[string]int{"at once": 0, "in the middle": 20} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &film{fps: 30, length: 50, ended: make(chan struct{})}
				f.read = func(n int) {
					if n == after {
						<-f.ended
					}
				}
				began, s, r := time.Now(), &source{path: "/mnt/yard.mp4"}, newReader(f)
				err := s.ending(t.Context(), r, r.live(t.Context(), func(sight.Frame) {}))
				wantFault(t, err, codeStalled, fault.Source)
				if took := time.Since(began); took > stall+time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// TestDiskThatHangsHangsNobody: a network disk may not even say what is there.
func TestDiskThatHangsHangsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := make(chan struct{})
		d := newDisks()
		var asked atomic.Int32
		d.stat = func(string) (fs.FileInfo, error) { asked.Add(1); <-back; return nil, errNoDisk }
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		if _, err := d.look(ctx, "/mnt/yard.mp4"); !errors.Is(err, context.Canceled) || time.Since(began) != time.Second {
			t.Errorf("it ended with %v after %v", err, time.Since(began))
		}
		_, err := d.look(t.Context(), "/mnt/yard.mp4")
		wantFault(t, err, codeStalled, fault.Source)
		_, err = d.look(t.Context(), "/mnt/door.mp4")
		wantFault(t, err, codeStalled, fault.Source)
		if n := asked.Load(); n != 2 {
			t.Errorf("%d questions are open; want one for each file", n)
		}
		close(back)
		synctest.Wait()
		_, err = d.look(t.Context(), "/mnt/yard.mp4")
		wantFault(t, err, codeUnread, fault.Source)
	})
}
