package pool

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// standing is what the choice knows of a replica.
type standing struct {
	ready    bool
	inFlight int
	first    time.Duration // it usually takes to the first token; 0: not known
}

// rank puts the ready ones in the order in which they are to be asked, as their places in all: fewest in flight first, ties to the faster.
// One whose speed is not known counts as fastest, so that each is tried. shuffle decides between equals: ten windows must not all take the
// same one.
func rank(all []standing, shuffle func(n int, swap func(i, j int))) []int {
	var order []int
	for i, s := range all {
		if s.ready {
			order = append(order, i)
		}
	}
	shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[a].inFlight, all[b].inFlight), cmp.Compare(all[a].pace(), all[b].pace()))
	})
	return order
}

// pace is how fast it is, in steps of about 40%: no two are equally fast to the nanosecond, and a small difference is chance.
func (s standing) pace() int {
	if s.first <= 0 {
		return math.MinInt
	}
	return int(math.Round(2 * math.Log2(s.first.Seconds())))
}

// ownRoom is room without limit, counted for one pool.
type ownRoom struct{ inFlight atomic.Int32 }

func (r *ownRoom) Take(context.Context) (func(bool), error) {
	leave, _ := r.Try()
	return leave, nil
}

func (r *ownRoom) Try() (func(bool), bool) {
	r.inFlight.Add(1)
	var left atomic.Bool
	return func(bool) {
		if !left.Swap(true) {
			r.inFlight.Add(-1)
		}
	}, true
}

func (r *ownRoom) InFlight() int { return int(r.inFlight.Load()) }
