package stats

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shirou/gopsutil/v4/cpu"

	"sightline/backend/fault"
	"sightline/backend/gpu"
	"sightline/backend/local/winetest"
	"sightline/backend/sight"
)

// lookAgain is the next look that has percentages of its own.
func lookAgain(t *testing.T, r *Reader, folder string, details bool) Snapshot {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		s := r.Read(t.Context(), folder, details)
		if s.CPU != nil && (!details || s.Own != nil && (s.Cores != nil || winetest.Here())) { // wine 8 tells of no single cores
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("percentages never become known: %+v", s)
		}
	}
}

func TestMachineIsSeenWithoutAGPU(t *testing.T) {
	r := New(driver(none))
	dir := t.TempDir()
	first := r.Read(t.Context(), dir, true)
	if first.CPU != nil || first.Cores != nil || first.Own != nil || first.All != nil {
		t.Errorf("percentages at the first look, when nothing is known: %+v", first)
	}
	if first.GPUs == nil || first.Fault != nil {
		t.Errorf("GPUs %v, fault %v: want an empty list, which the page does not read as null, and no fault", first.GPUs, first.Fault)
	}
	if first.Memory == nil || first.Memory.Used == 0 || first.Memory.Used > first.Memory.Total {
		t.Errorf("memory %+v", first.Memory)
	}
	if first.Model == "" {
		t.Error("the processor has no name")
	}
	if d := first.Disk; d == nil || d.Folder != dir || d.Free == 0 || d.Free > d.Total {
		t.Errorf("disk %+v of %s", d, dir)
	}
	if since := time.Since(time.UnixMilli(first.AtMS)); since < 0 || since > time.Minute {
		t.Errorf("it was read %v ago", since)
	}
	second := lookAgain(t, r, dir, true)
	for _, percent := range append(slices.Clone(second.Cores), *second.CPU) {
		if percent < 0 || percent > 100 {
			t.Errorf("%v %% of a core or of all", percent)
		}
	}
	if second.Own.Memory == 0 || second.Own.Memory > second.Memory.Total || second.Own.CPU < 0 || second.Own.Windows != 1 {
		t.Errorf("this window takes %+v", second.Own)
	}
}

func TestNothingIsLookedUpForNobody(t *testing.T) {
	var asked []bool
	r := New(driver(func(_ context.Context, details bool) ([]gpu.GPU, error) {
		asked = append(asked, details)
		return []gpu.GPU{{Name: "Stub"}}, nil
	}))
	r.disks.usage = func(string) (*Disk, error) { t.Error("the disk was asked"); return nil, os.ErrInvalid }
	r.census.table = nil // it panics when asked
	for range 3 {
		s := r.Read(t.Context(), t.TempDir(), false)
		if s.Cores != nil || s.Model != "" || s.Disk != nil || s.Own != nil || s.All != nil {
			t.Errorf("details that nobody asked for: %+v", s)
		}
		if len(s.GPUs) != 1 || s.Memory == nil {
			t.Errorf("without %+v", s)
		}
	}
	if !slices.Equal(asked, []bool{false, false, false}) {
		t.Errorf("the GPUs were asked for details: %v", asked)
	}
}

func TestChildOfThisWindowCountsAsItsOwn(t *testing.T) {
	worker := start(t, "ffmpeg")
	r := New(driver(none))
	begun := time.Now()
	r.Read(t.Context(), "", true)
	worker.burns()
	s := r.Read(t.Context(), "", true)
	elapsed := time.Since(begun).Seconds()

	if s.Own == nil || s.Own.Processes != 2 || s.Own.Windows != 1 {
		t.Fatalf("this window takes %+v, want it to be two processes", s.Own)
	}
	if took := s.Own.CPU / 100 * elapsed; !winetest.Here() && took < burnt-0.05 { // wine 8 tells of no other process's time
		t.Errorf("at most %.2f s of processor time, and the child alone took %.2f s", took, burnt)
	}
	if s.All.Processes < 2 || s.All.Memory < s.Own.Memory {
		t.Errorf("all of Sightline takes %+v, and this window %+v", s.All, s.Own)
	}
}

func TestAnotherWindowIsNoneOfThisOnesThoughItsChild(t *testing.T) {
	other := start(t, "sightline")
	r := New(driver(none))
	begun := time.Now()
	r.Read(t.Context(), "", true)
	other.burns()
	s := r.Read(t.Context(), "", true)
	elapsed := time.Since(begun).Seconds()

	if s.Own == nil || s.Own.Processes != 1 || s.Own.Windows != 1 {
		t.Fatalf("this window takes %+v, want it to be itself alone", s.Own)
	}
	if s.All.Windows < 2 || s.All.Processes < 2 || s.All.Memory <= s.Own.Memory {
		t.Errorf("all of Sightline takes %+v: want it to have the other window", s.All)
	}
	if took := (s.All.CPU - s.Own.CPU) / 100 * elapsed; !winetest.Here() && took < burnt-0.05 { // nor does it here
		t.Errorf("at most %.2f s of processor time, and the other window alone took %.2f s", took, burnt)
	}
}

func TestSilentDriverCostsTheOthersNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(driver(func(context.Context, bool) ([]gpu.GPU, error) {
			time.Sleep(time.Second)
			return []gpu.GPU{{Name: "One that answers"}}, &fault.Error{Code: gpu.CodeSilent, Message: "The driver is silent.", Hint: "Wait."}
		}))
		r.census.table = &fakeTable{}
		begun := time.Now()
		s := r.Read(t.Context(), "", true)
		if took := time.Since(begun); took != time.Second {
			t.Errorf("it took %v, want a second", took)
		}
		if s.Memory == nil || s.Model == "" || len(s.GPUs) != 1 {
			t.Errorf("got %+v, want what answers", s)
		}
		if diff := cmp.Diff(&sight.LineError{Code: gpu.CodeSilent, Message: "The driver is silent.", Hint: "Wait."}, s.Fault); diff != "" {
			t.Errorf("fault (-want +got):\n%s", diff)
		}
	})
}

func TestReadersDoNotWaitForEachOthersDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first sync.Once
		r := New(driver(func(context.Context, bool) ([]gpu.GPU, error) {
			first.Do(func() { time.Sleep(time.Second) }) // later ones are told at once that it is silent
			return nil, &fault.Error{Code: gpu.CodeSilent}
		}))
		var slow sync.WaitGroup
		slow.Go(func() { r.Read(t.Context(), "", false) })
		synctest.Wait()
		r.gpus = driver(none)
		begun := time.Now()
		if s := r.Read(t.Context(), "", false); s.Memory == nil || time.Since(begun) != 0 {
			t.Errorf("after %v: %+v", time.Since(begun), s)
		}
		slow.Wait()
	})
}

func TestHungDiskIsLeftBehindOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := New(driver(none))
		r.census.table = &fakeTable{}
		answers := make(chan uint64)
		var asked atomic.Int32 // the dead one
		r.disks.usage = func(dir string) (*Disk, error) {
			if dir == "/mnt/dead" {
				asked.Add(1)
				return &Disk{Folder: dir, Free: <-answers}, nil
			}
			return &Disk{Folder: dir, Free: 7}, nil
		}
		for _, wait := range []time.Duration{diskPatience, 0, 0} {
			begun := time.Now()
			s := r.Read(t.Context(), "/mnt/dead", true)
			if took := time.Since(begun); took != wait || s.Disk != nil || s.Memory == nil {
				t.Errorf("after %v, want %v: disk %v, memory %v", took, wait, s.Disk, s.Memory)
			}
		}
		if s := r.Read(t.Context(), "/home", true); s.Disk == nil || s.Disk.Free != 7 {
			t.Errorf("another disk meanwhile: %+v", s.Disk)
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("the dead disk was asked %d times, want once", n)
		}
		answers <- 1
		synctest.Wait()
		if s := r.Read(t.Context(), "/mnt/dead", true); s.Disk == nil || s.Disk.Free != 1 {
			t.Errorf("when it has answered: %+v", s.Disk)
		}
		go func() { answers <- 2 }()
		if s := r.Read(t.Context(), "/mnt/dead", true); s.Disk == nil || s.Disk.Free != 2 || len(r.disks.out) != 0 {
			t.Errorf("asked again: %+v", s.Disk)
		}
	})
}

func TestDiskThatDoesNotTellIsLeftOut(t *testing.T) {
	r := New(driver(none))
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	if s := r.Read(t.Context(), "", true); s.Disk != nil {
		t.Errorf("of no folder: %+v", s.Disk)
	}
	if s := r.Read(t.Context(), filepath.Join(file, "folder"), true); s.Disk != nil {
		t.Errorf("of a folder within a file: %+v", s.Disk)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	r := New(driver(func(ctx context.Context, _ bool) ([]gpu.GPU, error) { return nil, ctx.Err() }))
	r.turn <- struct{}{} // somebody else reads, and does not come back
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s := r.Read(ctx, "", true); s.GPUs == nil || s.Memory != nil || s.Fault != nil {
		t.Errorf("got %+v, want an empty snapshot", s)
	}
}

func TestCPUIsWhatWasUsedSinceTheLastLook(t *testing.T) {
	var g gauge
	at := time.Now()
	for _, look := range []struct {
		name        string
		after       time.Duration
		busy, total float64
		want        *float64
	}{
		{"the first", 0, 100, 1000, nil},
		{"a quarter busy", time.Second, 101, 1004, new(25.0)},
		{"somebody else at the same moment", time.Millisecond, 101.01, 1004.01, new(25.0)},
		{"idle", time.Second, 101, 1008, new(0.0)},
		{"all busy", time.Second, 105, 1012, new(100.0)},
		{"a counter that went back", time.Second, 104, 1016, new(0.0)},
		{"a core asleep", time.Second, 104, 1016, new(0.0)},
		{"after a long pause", time.Hour, 3000, 5000, nil},
		{"and then", time.Second, 3002, 5004, new(50.0)},
	} {
		at = at.Add(look.after)
		got := g.read(at, cpu.TimesStat{User: look.busy, Idle: look.total - look.busy})
		if show(got) != show(look.want) {
			t.Errorf("%s: got %v, want %v", look.name, show(got), show(look.want))
		}
	}
}

func TestCoresThatComeAndGoAreCountedAnew(t *testing.T) {
	var c clock
	at := time.Now()
	look := func(idle ...float64) []float64 {
		var times []cpu.TimesStat
		for _, i := range idle {
			times = append(times, cpu.TimesStat{User: 10 - i, Idle: i})
		}
		at = at.Add(time.Second)
		return c.advanceCores(at, times)
	}
	look(0, 0)
	for i, want := range [][]float64{nil, nil, nil} {
		if got := look(slices.Repeat([]float64{1}, 3-i)...); !slices.Equal(got, want) {
			t.Errorf("with %d cores: %v, want %v", 3-i, got, want)
		}
	}
}

func TestGuestsAreCountedOnce(t *testing.T) {
	busy, total := busyAndTotal(cpu.TimesStat{User: 10, Guest: 10, System: 1, Idle: 88, Iowait: 1})
	if busy != 11 || total != 100 {
		t.Errorf("got %v of %v, want 11 of 100", busy, total)
	}
}

func BenchmarkRead(b *testing.B) {
	for name, details := range map[string]bool{"brief": false, "detailed": true} {
		b.Run(name, func(b *testing.B) {
			r := New(driver(none))
			dir := b.TempDir()
			for b.Loop() {
				r.Read(b.Context(), dir, details)
				r.census.looked = r.census.looked.Add(-soonest) // as if it had come in its own time
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	table := newTable()
	var listed []process
	for b.Loop() {
		listed, _ = table.list()
	}
	b.ReportMetric(float64(len(listed)), "processes")
}

func BenchmarkMemory(b *testing.B) {
	c := newCensus()
	c.relist()
	for b.Loop() {
		c.table.memory(c.members[0].id)
	}
}
