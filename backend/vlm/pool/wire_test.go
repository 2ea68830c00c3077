package pool

import (
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/slots"
	"sightline/backend/vlm/openai"
	"sightline/backend/vlm/vlmtest"
)

// newDice is safe for many goroutines.
func newDice(seed uint64) func(n int) int {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 7))
	return func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return random.IntN(n)
	}
}

// serving makes a pool that asks real servers over the wire, in room that is shared through files.
func serving(t testing.TB, inFlight int, limits Limits, urls ...string) *Pool {
	t.Helper()
	c := Config{Name: "Team", Limits: limits}
	dir := t.TempDir()
	for _, url := range urls {
		client, err := openai.New(openai.Config{Base: url, Name: "Team"})
		if err != nil {
			t.Fatal(err)
		}
		room := slots.New(slots.Config{Dir: dir, Key: url, InFlight: inFlight})
		c.Replicas = append(c.Replicas, Replica{Name: client.Base().Host, Asker: client, Room: room})
	}
	p := New(c)
	t.Cleanup(p.Close)
	return p
}

func TestSuite(t *testing.T) {
	for name, c := range map[string]struct {
		servers, inFlight int
		script            vlmtest.Script
	}{
		"one":   {1, 0, vlmtest.Script{}},
		"three": {3, 0, vlmtest.Script{}},
		"three that are slow and have room for one": {3, 1, vlmtest.Script{Delay: 10 * time.Millisecond, Between: 10 * time.Millisecond, Words: 8}},
		"two, in one piece":                         {2, 2, vlmtest.Script{NoStream: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var urls []string
			for range c.servers {
				urls = append(urls, vlmtest.Start(t, c.script).URL)
			}
			vlmtest.Suite(t, serving(t, c.inFlight, Limits{}, urls...))
		})
	}
}

func TestSuiteThroughAFallback(t *testing.T) {
	nobody := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{
		Status: http.StatusTooManyRequests, Body: `{"error":"slow down"}`, Header: http.Header{"Retry-After": {"3600"}},
	}})
	spare, err := openai.New(openai.Config{Base: vlmtest.Start(t, vlmtest.Script{}).URL})
	if err != nil {
		t.Fatal(err)
	}
	client, err := openai.New(openai.Config{Base: nobody.URL})
	if err != nil {
		t.Fatal(err)
	}
	p := New(Config{Name: "Team", Replicas: []Replica{{Name: "a", Asker: client}}, Fallback: Fallback{Name: "Spare", Asker: spare}})
	t.Cleanup(p.Close)
	vlmtest.Suite(t, p)
	if n := len(nobody.Calls()); n != 1 {
		t.Errorf("one that wants to be left alone for an hour was asked %d times", n)
	}
}

// Its list of models, which others take for a sign of health, comes at once. Its answers do not.
func TestReplicaThatOnlyLooksHealthyIsLeftOut(t *testing.T) {
	liar := vlmtest.Start(t, vlmtest.Script{Silence: vlmtest.BeforeFirstToken, Alive: 20 * time.Millisecond})
	good := vlmtest.Start(t, vlmtest.Script{})
	p := serving(t, 0, Limits{FirstToken: 300 * time.Millisecond}, liar.URL, good.URL)
	for range 20 {
		answer, err := p.Ask(t.Context(), vlmtest.Question("Who is there?"), nil)
		if err != nil || "http://"+answer.Replica+"/v1" != good.URL {
			t.Fatalf("%v from %s", err, answer.Replica)
		}
		if p.Replicas()[0].State == "out" {
			return
		}
	}
	t.Errorf("after 20 questions the replicas are %+v", p.Replicas())
}

func TestReplicaThatDiesAndReturnsCostsNoAnswer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mortal := vlmtest.Serve(l, vlmtest.Script{})
	good := vlmtest.Start(t, vlmtest.Script{})
	p := serving(t, 0, Limits{}, mortal.URL, good.URL)
	until := func(want string, closing time.Duration) {
		t.Helper()
		for began := time.Now(); p.Replicas()[0].State != want; time.Sleep(20 * time.Millisecond) {
			if time.Since(began) > closing {
				t.Fatalf("not %s after %v: %+v", want, closing, p.Replicas())
			}
			var both sync.WaitGroup // so that the slower one of the two is asked as well
			for range 2 {
				both.Go(func() {
					if _, err := p.Ask(t.Context(), vlmtest.Question("Who is there?"), nil); err != nil {
						t.Errorf("no answer: %v", fault.From(err).Message)
					}
				})
			}
			both.Wait()
		}
	}
	until("well", 20*time.Second)
	mortal.Close()
	until("out", 20*time.Second)
	again, err := net.Listen("tcp", l.Addr().String())
	if err != nil {
		t.Skip("somebody else took its port")
	}
	returned := vlmtest.Serve(again, vlmtest.Script{})
	t.Cleanup(returned.Close)
	began := time.Now()
	until("well", 20*time.Second)
	t.Logf("back %v after it returned", time.Since(began))
}

func TestWhatServersSayAboutRateIsHonouredForEach(t *testing.T) {
	strict := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{
		Status: http.StatusTooManyRequests, Body: `{"error":"slow down"}`, Header: http.Header{"Retry-After": {"60"}},
	}})
	good := vlmtest.Start(t, vlmtest.Script{})
	p := serving(t, 0, Limits{}, strict.URL, good.URL)
	for range 20 {
		if _, err := p.Ask(t.Context(), vlmtest.Question("Who is there?"), nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(strict.Calls()); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
	if s := p.Replicas(); s[0].State != "resting" || s[1].State != "well" {
		t.Errorf("%+v", s)
	}
}
