package pool

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sightline/backend/vlm/vlmtest"
)

// BenchmarkFailover asks two servers of which one hangs. over-ms is what the question it swallowed took beyond the deadline and the answer
// of the other one.
func BenchmarkFailover(b *testing.B) {
	const deadline = 200 * time.Millisecond
	hung := vlmtest.Start(b, vlmtest.Script{Silence: vlmtest.BeforeHeaders, Keep: 1})
	good := vlmtest.Start(b, vlmtest.Script{Keep: 1})
	var over []time.Duration
	for b.Loop() {
		p := serving(b, 1, Limits{FirstToken: deadline}, hung.URL, good.URL)
		for p.Replicas()[0].State != "out" {
			q := vlmtest.Question("Who is there?")
			began := time.Now()
			answer, err := p.Ask(b.Context(), q, nil)
			if err != nil {
				b.Fatal(err)
			}
			if took := time.Since(began); took >= deadline {
				over = append(over, took-deadline-answer.Ended.Sub(answer.Sent))
			}
		}
		p.Close()
	}
	slices.Sort(over)
	b.ReportMetric(over[len(over)/2].Seconds()*1000, "over-ms/p50")
	b.ReportMetric(over[len(over)-1].Seconds()*1000, "over-ms/max")
}

// BenchmarkReplicas asks servers that take 20 ms for an answer and give one at a time. ratio is the answers a second of three of them to
// those of one.
func BenchmarkReplicas(b *testing.B) {
	var rates [2][]float64
	for b.Loop() {
		rates[0] = append(rates[0], rate(b, 1))
		rates[1] = append(rates[1], rate(b, 3))
	}
	one, three := middle(rates[0]), middle(rates[1])
	b.ReportMetric(one, "one/s")
	b.ReportMetric(three, "three/s")
	b.ReportMetric(three/one, "ratio")
}

func middle(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// rate is how many answers a second servers give to twice as many windows as there are.
func rate(b *testing.B, servers int) float64 {
	var urls []string
	for range servers {
		urls = append(urls, vlmtest.Start(b, vlmtest.Script{Delay: 20 * time.Millisecond, Parallel: 1, Keep: 1}).URL)
	}
	rand.Shuffle(len(urls), func(i, j int) { urls[i], urls[j] = urls[j], urls[i] })
	p := serving(b, 2, Limits{}, urls...)
	defer p.Close()
	const span = time.Second
	var answers atomic.Int32
	var all sync.WaitGroup
	began := time.Now()
	for range 2 * servers {
		all.Go(func() {
			for time.Since(began) < span {
				if _, err := p.Ask(b.Context(), vlmtest.Question("Who is there?"), nil); err != nil {
					b.Error(err)
					return
				}
				answers.Add(1)
			}
		})
	}
	all.Wait()
	return float64(answers.Load()) / time.Since(began).Seconds()
}
