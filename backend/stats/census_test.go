package stats

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeTable is a machine's processes as a test wants them. It counts what is asked of it.
type fakeTable struct {
	all     []process
	broken  error
	seconds map[id]float64
	bytes   map[id]uint64
	hang    chan struct{} // memory waits for it; nil: it does not

	lists, weighings int
}

func (f *fakeTable) list() ([]process, error) { f.lists++; return f.all, f.broken }

func (f *fakeTable) used(p id) (float64, bool) {
	seconds, alive := f.seconds[p]
	return seconds, alive
}

func (f *fakeTable) memory(p id) uint64 {
	f.weighings++
	if f.hang != nil {
		<-f.hang
	}
	return f.bytes[p]
}

// run adds a process that is there from now on.
func (f *fakeTable) run(pid, parent int, start uint64, ours bool) id {
	p := id{pid, start}
	f.all = append(f.all, process{id: p, parent: parent, ours: ours})
	if f.seconds == nil {
		f.seconds, f.bytes = map[id]float64{}, map[id]uint64{}
	}
	f.seconds[p], f.bytes[p] = 0, 100
	return p
}

func (f *fakeTable) end(p id) {
	delete(f.seconds, p)
	for i := range f.all {
		if f.all[i].id == p {
			f.all = append(f.all[:i:i], f.all[i+1:]...)
			return
		}
	}
}

const me = 100

func TestSharesOfWindowsAndTheirChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTable{}
		f.run(1, 0, 0, false)
		f.run(50, 1, 5, false) // a shell, and what else it runs
		f.run(51, 50, 6, false)
		own := f.run(me, 50, 10, false) // this one, though its program could not be read
		web := f.run(101, me, 11, false)
		deep := f.run(102, 101, 12, false)
		other := f.run(200, me, 20, true) // another window, which this one opened
		otherWeb := f.run(201, 200, 21, false)
		watch := f.run(300, 1, 30, true)
		c := &census{table: f, self: me}

		if s := c.look(); s.own != nil || s.all != nil {
			t.Errorf("the first look: %+v", s)
		}
		time.Sleep(time.Second)
		for i, p := range []id{own, web, deep, other, otherWeb, watch} {
			f.seconds[p] = 0.01 * float64(int(1)<<i)
		}
		s := c.look()
		wantOwn := &Share{Windows: 1, Processes: 3, CPU: 1 + 2 + 4, Memory: 300}
		wantAll := &Share{Windows: 3, Processes: 6, CPU: 1 + 2 + 4 + 8 + 16 + 32, Memory: 600}
		round := cmp.Transformer("round", func(f float64) int { return int(f + 0.5) })
		if diff := cmp.Diff(wantOwn, s.own, round); diff != "" {
			t.Errorf("own (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(wantAll, s.all, round); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
	})
}

func TestNumberUsedAgainIsAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTable{}
		f.run(me, 1, 10, true)
		old := f.run(101, me, 11, false)
		f.seconds[old] = 500
		c := &census{table: f, self: me}
		c.look()

		time.Sleep(listEvery)
		f.end(old)
		late := f.run(101, me, 99, false)
		f.seconds[late], f.bytes[late] = 1, 7
		if s := c.look(); s.own.CPU != 0 || s.own.Processes != 2 || s.own.Memory != 107 {
			t.Errorf("a later process counts as the one before: %+v", s.own)
		}
		time.Sleep(time.Second)
		f.seconds[late] = 1.5
		if s := c.look(); s.own.CPU != 50 {
			t.Errorf("it takes %v %%, want 50", s.own.CPU)
		}
	})
}

func TestOrphanOfAnEndedProgramIsNoChildOfItsNumbersNewOwner(t *testing.T) {
	f := &fakeTable{}
	f.run(me, 1, 50, true)
	f.run(101, me, 10, false) // its parent had this window's number, and has ended
	f.run(7, 8, 20, false)    // numbers that go round
	f.run(8, 7, 20, false)
	f.run(9, 9, 60, false) // and one that is its own parent
	c := &census{table: f, self: me}
	c.relist()
	if len(c.members) != 1 || c.members[0].pid != me {
		t.Errorf("the members are %v, want this window alone", c.members)
	}
}

func TestBelowAProgramIsWhatItStarted(t *testing.T) {
	f := &fakeTable{}
	f.run(1, 0, 0, false)
	f.run(20, 1, 5, false)
	f.run(21, 20, 6, true) // it belongs to whoever started it, also where that is Sightline
	f.run(22, 21, 7, false)
	f.run(30, 1, 8, false)
	f.run(23, 20, 4, false) // the number of its parent was used again
	if got := below([]int{20, 22, 99}, f.all); !slices.Equal(got, []int{20, 21, 22}) {
		t.Errorf("got %v", got)
	}
	if got := below(nil, f.all); got != nil {
		t.Errorf("below nobody: %v", got)
	}
}

func TestProcessThatHasEndedIsGoneAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTable{}
		f.run(me, 1, 10, true)
		web := f.run(101, me, 11, false)
		c := &census{table: f, self: me}
		c.look()
		f.end(web)
		time.Sleep(time.Second)
		if s := c.look(); s.own.Processes != 1 || s.own.Memory != 100 {
			t.Errorf("got %+v, want one process", s.own)
		}
	})
}

func TestProcessesAreListedAndWeighedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTable{}
		f.run(me, 1, 10, true)
		c := &census{table: f, self: me}
		for range 101 { // 10 s
			c.look()
			time.Sleep(100 * time.Millisecond)
		}
		if f.lists != 6 || f.weighings != 3 {
			t.Errorf("listed %d times and weighed %d times in 10 s, want every 2 s and every 5 s", f.lists, f.weighings)
		}
		f.run(101, me, 11, false)
		time.Sleep(listEvery)
		if s := c.look(); s.own.Memory != 200 || f.weighings != 4 {
			t.Errorf("a new process is weighed at once, and alone: %+v, %d times", s.own, f.weighings)
		}
	})
}

func TestTableThatFailsNowLeavesWhatWasKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTable{}
		f.run(me, 1, 10, true)
		c := &census{table: f, self: me}
		c.look()
		f.broken = errors.New("too many open files")
		time.Sleep(listEvery)
		if s := c.look(); s.own == nil || s.own.Processes != 1 {
			t.Errorf("got %+v", s.own)
		}
	})
}

func TestTableThatAlwaysFailsMeansNoShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &census{table: &fakeTable{broken: errors.New("no /proc")}, self: me}
		for range 3 {
			if s := c.look(); s.own != nil || s.all != nil {
				t.Errorf("got %+v", s)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestSecondViewerAtTheSameMomentSeesTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTable{}
		own := f.run(me, 1, 10, true)
		c := &census{table: f, self: me}
		c.look()
		time.Sleep(time.Second)
		f.seconds[own] = 0.5
		first := c.look()
		time.Sleep(time.Millisecond)
		f.seconds[own] = 0.51
		if again := c.look(); again.own.CPU != first.own.CPU || again.own.CPU != 50 {
			t.Errorf("%v %% and then %v %%, want 50 both times", first.own.CPU, again.own.CPU)
		}
	})
}

func TestProcessTheKernelIsBusyWithHoldsUpOneLookAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeTable{hang: make(chan struct{})}
		f.run(me, 1, 10, true)
		r := New(driver(none))
		r.census = &census{table: f, self: me}
		for _, wait := range []time.Duration{patience, 0, 0} {
			begun := time.Now()
			s := r.Read(t.Context(), "", true)
			if took := time.Since(begun); took != wait || s.Own != nil || s.Memory == nil {
				t.Errorf("after %v, want %v: own %v, memory %v", took, wait, s.Own, s.Memory)
			}
			time.Sleep(time.Second)
		}
		close(f.hang)
		synctest.Wait()
		r.Read(t.Context(), "", true) // takes in the late one, the first look
		if s := r.Read(t.Context(), "", true); s.Own == nil {
			t.Error("when it answers, the shares are not there")
		}
	})
}
