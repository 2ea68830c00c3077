package stats

import (
	"context"
	"testing"

	"github.com/shirou/gopsutil/v4/cpu"
)

func TestMachineIsSeenWithoutAGPU(t *testing.T) {
	r := New("/nowhere/libnvidia-ml.so.1")
	defer r.Close()

	first := r.Read(t.Context())
	if first.CPU != nil {
		t.Errorf("CPU %v at the first look, when nothing is known", *first.CPU)
	}
	if first.Memory == nil || first.Memory.Used == 0 || first.Memory.Used > first.Memory.Total {
		t.Errorf("memory %+v", first.Memory)
	}
	if first.GPUs == nil {
		t.Error("GPUs are nil, which the page would read as null")
	}
	for range 1_000_000 { // the system counts in hundredths of a second
		if s := r.Read(t.Context()); s.CPU != nil {
			if *s.CPU < 0 || *s.CPU > 100 {
				t.Errorf("CPU %v", *s.CPU)
			}
			return
		}
	}
	t.Error("CPU never became known")
}

func TestCPUIsWhatWasUsedSinceTheLastLook(t *testing.T) {
	var c cpuClock
	for _, look := range []struct {
		name        string
		busy, total float64
		want        *float64
	}{
		{"the first", 100, 1000, nil},
		{"a quarter busy", 101, 1004, new(25.0)},
		{"at the same moment", 101, 1004, nil},
		{"idle", 101, 1008, new(0.0)},
		{"all busy", 105, 1012, new(100.0)},
		{"a counter that went back", 104, 1016, new(0.0)},
	} {
		if got := c.advance(look.busy, look.total); show(got) != show(look.want) {
			t.Errorf("%s: got %v, want %v", look.name, show(got), show(look.want))
		}
	}
}

func TestGuestsAreCountedOnce(t *testing.T) {
	busy, total := busyAndTotal(cpu.TimesStat{User: 10, Guest: 10, System: 1, Idle: 88, Iowait: 1})
	if busy != 11 || total != 100 {
		t.Errorf("got %v of %v, want 11 of 100", busy, total)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	r := New("/nowhere/libnvidia-ml.so.1")
	r.turn <- struct{}{} // somebody else reads, and does not come back
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s := r.Read(ctx); s.GPUs == nil || s.Memory != nil {
		t.Errorf("got %+v, want an empty snapshot", s)
	}
	r.Close() // ends by its own deadline
}

func BenchmarkReadWithoutAGPU(b *testing.B) {
	r := New("/nowhere/libnvidia-ml.so.1")
	defer r.Close()
	for b.Loop() {
		r.Read(b.Context())
	}
}

func show(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
