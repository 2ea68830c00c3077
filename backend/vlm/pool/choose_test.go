package pool

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// still leaves the order as it is.
func still(int, func(i, j int)) {}

func TestChoice(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		all  []standing
		want []int
	}{
		"nobody":                      {nil, nil},
		"nobody is ready":             {[]standing{{first: ms}, {inFlight: 3}}, nil},
		"only the ready":              {[]standing{{}, {ready: true, inFlight: 9}, {}}, []int{1}},
		"the least busy":              {[]standing{{ready: true, inFlight: 2}, {ready: true, inFlight: 1}, {ready: true}}, []int{2, 1, 0}},
		"the least busy, though slow": {[]standing{{ready: true, inFlight: 1, first: ms}, {ready: true, first: time.Minute}}, []int{1, 0}},
		"the faster of equals":        {[]standing{{ready: true, first: 300 * ms}, {ready: true, first: 100 * ms}, {ready: true, first: 200 * ms}}, []int{1, 2, 0}},
		"one not known yet":           {[]standing{{ready: true, first: ms}, {ready: true}}, []int{1, 0}},
		"a little faster is the same": {[]standing{{ready: true, first: 101 * ms}, {ready: true, first: 100 * ms}}, []int{0, 1}},
	} {
		if got := rank(c.all, still); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// What holds for any choice: all that are ready are in it once, none that is not, and nobody comes before one that is less busy, or as busy
// and clearly faster.
func TestChoiceAmongAnyServers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		all := make([]standing, random.IntN(9))
		ready := 0
		for i := range all {
			all[i] = standing{ready: random.IntN(3) > 0, inFlight: random.IntN(4), first: time.Duration(random.IntN(6)) * 300 * time.Millisecond}
			if all[i].ready {
				ready++
			}
		}
		order := rank(all, random.Shuffle)
		unique := slices.Compact(slices.Sorted(slices.Values(order)))
		if len(order) != ready || len(unique) != ready || slices.ContainsFunc(order, func(i int) bool { return !all[i].ready }) {
			t.Fatalf("%+v gives %v", all, order)
		}
		for n := 1; n < len(order); n++ {
			better, worse := all[order[n-1]], all[order[n]]
			if worse.inFlight < better.inFlight || worse.inFlight == better.inFlight && better.first > 2*worse.first {
				t.Fatalf("%+v gives %v: %d comes too late", all, order, order[n])
			}
		}
	}
}

func TestWindowsThatStartTogetherDoNotAllAskTheSameServer(t *testing.T) {
	first := map[string]int{}
	for range 300 {
		p := poolOf(t, nil, &fake{how: well(0)}, &fake{how: well(0)}, &fake{how: well(0)})
		a := asker{t: t, pool: p}
		first[a.answered("").Replica]++
	}
	for _, name := range []string{"a", "b", "c"} {
		if first[name] < 50 {
			t.Errorf("of 300 windows so many began with each: %v", first)
		}
	}
}
