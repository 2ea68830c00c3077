package tally_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"sightline/backend/tally"
)

// TestPercentilesAreThoseOfTheSortedTimes holds percentiles against the times themselves, in many shapes: to 0.1 %, and 0.01 ms.
func TestPercentilesAreThoseOfTheSortedTimes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	shapes := map[string]func() float64{ // ms
		"even":    func() float64 { return 1 + 9999*random.Float64() },
		"log":     func() float64 { return math.Exp(random.Float64()*15) / 10 },
		"tail":    func() float64 { return 80 + 20*math.Exp(3*random.NormFloat64()) },
		"two":     func() float64 { return []float64{31.7, 4812.3}[random.IntN(2)] },
		"tiny":    func() float64 { return random.Float64() / 10 },
		"one":     func() float64 { return 481.37 },
		"seconds": func() float64 { return 1000 * float64(1+random.IntN(20)) },
	}
	for name, next := range shapes {
		for _, n := range []int{1, 2, 3, 9, 19, 21, 99, 140, 151, 1000} {
			s := begin()
			times := make([]float64, n)
			for i := range times {
				took := time.Duration(min(next(), 3_600_000) * float64(time.Millisecond))
				times[i] = math.Round(float64(took)/float64(time.Millisecond)*100) / 100
				s.answered("qwen", took)
			}
			wantSpread(t, name, s.figures(t).All.Total, times)
		}
	}
}

func wantSpread(t *testing.T, name string, got tally.Spread, times []float64) {
	t.Helper()
	sum := 0.0
	for _, v := range times {
		sum += v
	}
	wantValue(t, name+": last", got.Last, times[len(times)-1])
	wantNear(t, name+": mean", got.Mean, sum/float64(len(times)), 0)
	sorted := slices.Sorted(slices.Values(times))
	wantValue(t, name+": max", got.Max, sorted[len(sorted)-1])
	for p, v := range map[float64]*float64{50: got.P50, 95: got.P95, 99: got.P99} {
		exact := sorted[int(math.Ceil(p/100*float64(len(sorted))-1e-9))-1]
		wantNear(t, name, v, exact, 0.001)
		if v != nil && *v < exact-0.005 {
			t.Errorf("%s of %d: p%v is %v, below %v", name, len(times), p, *v, exact)
		}
	}
}

// wantNear allows a share of the value, and half of the last decimal.
func wantNear(t *testing.T, what string, got *float64, want, share float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > want*share+0.0051 {
		t.Errorf("%s is %v, want %v", what, shown(got), want)
	}
}

func TestRatesHaveTheSamePrecision(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	s := begin()
	for range 500 {
		s.answered("qwen", time.Hour, tokens(10, 1001, 0.3+3000*random.Float64()))
	}
	var rates []float64
	for _, e := range s.tally.Figures(0).Entries {
		rates = append(rates, *e.TokensPerS)
	}
	wantSpread(t, "rates", s.figures(t).All.Rate, rates)
}

// What no histogram has room for is still last, mean and max as it was.
func TestTimesBeyondAnHourAndBeforeNowAreClampedInPercentilesOnly(t *testing.T) {
	s := begin()
	s.answered("qwen", 3*time.Hour)
	s.answered("qwen", 5*time.Hour)
	total := s.figures(t).All.Total
	wantValue(t, "last", total.Last, 18_000_000)
	wantValue(t, "max", total.Max, 18_000_000)
	wantValue(t, "mean", total.Mean, 14_400_000)
	wantValue(t, "p50: no less than the least there was", total.P50, 10_800_000)

	s = begin()
	for range 9 {
		s.answered("qwen", time.Second)
	}
	s.answered("qwen", -time.Second) // a clock that was put back, where a time has no monotonic reading
	total = s.figures(t).All.Total
	wantValue(t, "last", total.Last, -1000)
	wantNear(t, "p50", total.P50, 1000, 0.001)
	wantValue(t, "mean", total.Mean, 800)
}

func TestRateBeyondAllReasonIsClampedInPercentilesOnly(t *testing.T) {
	s := begin()
	for range 3 {
		s.answered("qwen", time.Second, tokens(10, 100, 500))
	}
	s.answered("qwen", time.Second, tokens(10, 1_000_000, 2_000_000))
	rate := s.figures(t).All.Rate
	wantNear(t, "p99", rate.P99, 100_000, 0.001)
	if rate.Max == nil || *rate.Max < 1_900_000 {
		t.Errorf("max is %v", shown(rate.Max))
	}
}
