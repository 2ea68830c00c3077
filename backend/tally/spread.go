package tally

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Histograms count in hundredths: 0.01 ms up to an hour, 0.01 tokens a second up to 100,000. They keep three significant figures, as many as
// are shown, so that a percentile is at most 0.1 % too high. That takes 160 kB for times and 120 kB for rates.
const (
	perUnit     = 100
	mostTime    = 60 * 60 * 1000 // ms
	mostRate    = 100_000        // tokens a second
	significant = 3
)

// spread grows into a Spread. It has no histogram until its first value: the built-in detector, for one, has no tokens.
type spread struct {
	most float64 // in the histogram; what is beyond counts there as this

	count          int
	last, sum      float64
	least, largest float64
	counts         *hdrhistogram.Histogram
	percentiles    [3]float64 // 50, 95 and 99, once looked up
	stale          bool       // they are to be looked up again
}

// add counts a value; nil is one that is not known.
func (s *spread) add(value *float64) {
	if value == nil {
		return
	}
	v := *value
	if s.counts == nil {
		s.counts = hdrhistogram.New(1, int64(s.most*perUnit), significant)
		s.least, s.largest = v, v
	}
	s.count++
	s.last, s.sum = v, s.sum+v
	s.least, s.largest = min(s.least, v), max(s.largest, v)
	_ = s.counts.RecordValue(int64(math.Round(min(max(v, 0), s.most) * perUnit))) // which fails beyond its range only
	s.stale = true
}

func (s *spread) figures() Spread {
	if s.count == 0 {
		return Spread{}
	}
	s.lookUp()
	return Spread{
		Count: s.count, Last: rounded(s.last), Mean: rounded(s.sum / float64(s.count)), Max: rounded(s.largest),
		P50: rounded(s.percentiles[0]), P95: rounded(s.percentiles[1]), P99: rounded(s.percentiles[2]),
	}
}

// lookUp walks through the histogram where something has come since: figures are looked at more often than answers come.
func (s *spread) lookUp() {
	if s.stale {
		s.percentiles, s.stale = [3]float64{s.percentile(50), s.percentile(95), s.percentile(99)}, false
	}
}

// percentile is the value at or below which p percent of all lie (nearest rank). The histogram would round the rank to the nearest and so may
// leave out the slow one that matters: it is given a percentage that is a rank exactly. What it gives is the top of a bucket, which may
// lie beyond all that came.
func (s *spread) percentile(p int) float64 {
	rank := (s.count*p + 99) / 100
	v := s.counts.ValueAtPercentile(100 * float64(rank) / float64(s.count))
	return min(max(float64(v)/perUnit, s.least), s.largest)
}
