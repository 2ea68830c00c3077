package session

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sampler"
	"sightline/backend/sight"
)

// counter is a backend with one clerk, who serves whoever came first.
type counter struct {
	clerk chan struct{} // goroutines wait for a channel in the order of their arrival
	takes time.Duration
}

// customer is one session's way to the counter.
type customer struct {
	*counter
	served    int
	here, max atomic.Int32
}

func (c *customer) Ask(ctx context.Context, _ sight.Question, on func(sight.Event)) (sight.Answer, error) {
	c.max.Store(max(c.max.Load(), c.here.Add(1)))
	defer c.here.Add(-1)
	a := sight.Answer{Sent: time.Now()}
	on(sight.Event{Kind: sight.Sent})
	select {
	case c.clerk <- struct{}{}:
	case <-ctx.Done():
		return a, ctx.Err()
	}
	defer func() { <-c.clerk }()
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return a, ctx.Err()
	}
	c.served++
	a.Text, a.FirstToken, a.LastToken, a.Ended = "served", time.Now(), time.Now(), time.Now()
	return a, nil
}

// serve lets sessions of these paces ask one counter for a minute and gives who was served how often.
func serve(t *testing.T, takes time.Duration, paces ...string) []float64 {
	shared := &counter{clerk: make(chan struct{}, 1), takes: takes}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all sync.WaitGroup
	customers := make([]*customer, len(paces))
	for i, pace := range paces {
		customers[i] = &customer{counter: shared}
		s := New(Config{ID: "s", Open: func(string) (capture.Source, error) { return &camera30{}, nil }})
		p, err := sampler.ParsePace(pace)
		if err != nil {
			t.Fatal(err)
		}
		s.SetPace(p)
		s.SetTask(Task{Askers: []Answerer{{Asker: customers[i], Backend: "counter"}}})
		s.SetSource("camera:")
		s.Start()
		all.Go(func() { _ = s.Run(ctx) })
	}
	all.Wait()
	served := make([]float64, len(paces))
	for i, c := range customers {
		served[i] = float64(c.served)
		if c.max.Load() > 1 {
			t.Errorf("session %d had %d questions at the counter at once", i, c.max.Load())
		}
	}
	return served
}

// jain is Jain's index of fairness: 1 where all are served alike, 1/n where one has it all (Jain, Chiu and Hawe, 1984).
func jain(served []float64) float64 {
	var sum, squares float64
	for _, v := range served {
		sum += v
		squares += v * v
	}
	return sum * sum / (float64(len(served)) * squares)
}

func TestTenSessionsAreServedAlike(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		served := serve(t, 100*time.Millisecond, "0", "0", "0", "0", "0", "0", "0", "0", "0", "0")
		if j := jain(served); j < 0.95 {
			t.Errorf("fairness %.3f: %v", j, served)
		}
		total := 0.0
		for _, v := range served {
			total += v
		}
		if total < 570 {
			t.Errorf("%v answers in a minute: the clerk was idle", total)
		}
	})
}

func TestOneThatAsksBackToBackDoesNotStarveThoseThatAskNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		served := serve(t, 90*time.Millisecond, "0", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s", "1s")
		for i, v := range served[1:] {
			if v < 55 {
				t.Errorf("session %d was served %v times in a minute, and asked 60 times", i+1, v)
			}
		}
	})
}
