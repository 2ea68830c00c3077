package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errRefused = errors.New("nothing listens there")

// looks is at how many of so many looks, one a second, the server was asked.
func looks(t *testing.T, r *Reader, s *server, seconds int) (asked int) {
	t.Helper()
	for range seconds {
		r.Read(t.Context())
		asked += min(s.wasAsked(), 1)
		time.Sleep(time.Second)
	}
	return asked
}

func TestAServerThatTellsNothingIsLeftInPeace(t *testing.T) {
	pages := map[string]page{
		"no such page":    {status: http.StatusNotFound},
		"not switched on": {status: http.StatusNotImplemented},
		"wants a key":     {status: http.StatusUnauthorized},
		"sends elsewhere": {status: http.StatusFound},
		"a web page":      {body: "<!doctype html><html><body>vllm:num_requests_running 3</body></html>"},
		"another's":       {body: "# TYPE go_goroutines gauge\ngo_goroutines 12\n"},
		"nothing":         {},
		"garbage":         {body: "vllm:num_requests_running{model_name=\"a\" 3\nvllm: 3\x00\xff\n{}{}"},
		"silence":         {hang: true},
	}
	for name, p := range pages {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, s := reader("")
				s.shows("/metrics", p)
				s.shows("/api/ps", p)
				if l := r.Read(t.Context()); l != nil {
					t.Errorf("it told %+v", l)
				}
				s.wasAsked()
				if n := looks(t, r, s, 290); n != 0 {
					t.Errorf("within five minutes it was asked %d more times", n)
				}
				time.Sleep(10 * time.Second)
				s.says(recorded(t, "llamacpp.txt"))
				if r.Read(t.Context()) == nil {
					t.Error("after five minutes it was not asked again")
				}
			})
		})
	}
}

func TestAServerThatIsStartedLaterIsFoundSoon(t *testing.T) {
	for name, p := range map[string]page{"refused": {err: errRefused}, "a proxy before it": {status: http.StatusBadGateway}, "loading": {status: http.StatusServiceUnavailable}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, s := reader("")
				s.shows("/metrics", p)
				s.shows("/api/ps", p)
				if n := looks(t, r, s, 120); n < 5 || n > 12 {
					t.Errorf("it was asked %d times in two minutes", n)
				}
				s.says(recorded(t, "vllm-v0.txt"))
				if looks(t, r, s, 30); r.Read(t.Context()) == nil {
					t.Error("it is not found half a minute after it came")
				}
			})
		})
	}
}

func TestAServerThatStopsTellingIsSoonAskedAgain(t *testing.T) {
	for name, p := range map[string]page{"gone": {err: errRefused}, "silent": {hang: true}, "garbage": {body: "<html>"}, "gone from there": {status: http.StatusNotFound}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				text := recorded(t, "tgi-3.txt")
				r, s := reader(text)
				if r.Read(t.Context()) == nil {
					t.Fatal("nothing is told")
				}
				time.Sleep(time.Second)
				s.shows("/metrics", p)
				if l := r.Read(t.Context()); l != nil {
					t.Errorf("it tells of what was: %+v", l)
				}
				s.says(text)
				time.Sleep(4 * time.Second)
				if r.Read(t.Context()) == nil {
					t.Error("it is not asked again within seconds")
				}
			})
		})
	}
}

func TestAServerThatWillNotTellAnyMoreIsLeftInPeaceInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader(recorded(t, "tgi-3.txt"))
		r.Read(t.Context())
		time.Sleep(time.Second)
		s.shows("/metrics", page{status: http.StatusNotFound})
		looks(t, r, s, 600)
		if n := looks(t, r, s, 1000); n > 4 {
			t.Errorf("in a thousand seconds it was asked %d times", n)
		}
	})
}

func TestALookTakesTwoSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("")
		s.shows("/metrics", page{hang: true})
		began := time.Now()
		if l := r.Read(t.Context()); l != nil || time.Since(began) != 2*time.Second {
			t.Errorf("it told %+v after %v", l, time.Since(began))
		}
	})
}

func TestALookThatNobodyWaitsForSaysNothingOfTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("")
		s.shows("/metrics", page{hang: true})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if l := r.Read(ctx); l != nil {
			t.Errorf("it told %+v", l)
		}
		s.says(recorded(t, "tgi-2.txt"))
		if r.Read(t.Context()) == nil {
			t.Error("the next look tells nothing")
		}
	})
}

func TestOneLooksAndAllWhoWaitGetIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("")
		held := make(chan struct{})
		s.shows("/metrics", page{body: recorded(t, "vllm-v0.txt"), held: held})
		found := make(chan *Load, 10)
		for range cap(found) {
			go func() { found <- r.Read(t.Context()) }()
		}
		synctest.Wait()
		close(held)
		for range cap(found) {
			if l := <-found; l == nil || *l.Running != 2 {
				t.Errorf("one got %+v", l)
			}
		}
		if n := s.wasAsked(); n != 1 {
			t.Errorf("it was asked %d times", n)
		}
	})
}

func TestWhoWaitsBehindAHangingLookIsNotHeldLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("")
		s.shows("/metrics", page{hang: true})
		began := time.Now()
		done := make(chan time.Duration, 3)
		for range cap(done) {
			go func() {
				r.Read(t.Context())
				done <- time.Since(began)
			}()
		}
		for range cap(done) {
			if took := <-done; took > 2*time.Second {
				t.Errorf("one waited %v", took)
			}
		}
	})
}

// Ollama reads its list of models without a lock: it must not be asked as often as gauges look.
func TestOllamaIsNotAskedAtEachLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("")
		s.shows("/api/ps", page{body: `{"models":[]}`})
		r.Read(t.Context())
		s.wasAsked()
		for range 100 {
			time.Sleep(100 * time.Millisecond)
			if r.Read(t.Context()) == nil {
				t.Fatal("nothing is told")
			}
		}
		if n := s.wasAsked(); n > 11 {
			t.Errorf("in ten seconds it was asked %d times", n)
		}
	})
}

func TestHostileNumbersAreNotBelieved(t *testing.T) {
	for _, number := range []string{"NaN", "+Inf", "-Inf", "-1", "1e300", "three", "", "0x", "1 2 3 4"} {
		r, _ := reader("vllm:num_requests_running " + number + "\nvllm:num_requests_waiting 7\n")
		l := r.Read(t.Context())
		if l == nil || l.Running != nil || *l.Waiting != 7 {
			t.Errorf("%q told %+v", number, l)
		}
	}
}

func TestHostileNamesAreNotShown(t *testing.T) {
	long := strings.Repeat("x", 300)
	var text strings.Builder
	for i := range 100 {
		fmt.Fprintf(&text, "vllm:num_requests_running{engine=\"%d\",model_name=\"m\x1b[31m%d\"} 1\n", i, i)
	}
	r, _ := reader("vllm:num_requests_running{model_name=\"" + long + "\"} 1\n" + text.String())
	l := r.Read(t.Context())
	if l == nil || len(l.Models) != mostModels || l.Models[0].Name != "m[31m0" {
		t.Errorf("it told %+v", l)
	}
}

// The parser's work on a line grows with the square of its labels: one of a hundred kilobytes takes it many seconds.
func TestAHugeTextIsReadInPart(t *testing.T) {
	var labels strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&labels, `l%d="",`, i)
	}
	const running = "vllm:num_requests_running"
	texts := map[string]struct {
		text string
		runs float64 // what of it is believed; -1: nothing
	}{
		"a long line":    {running + "{" + labels.String() + "} 1\n", -1},
		"many samples":   {strings.Repeat(running+" 1\n", 1<<20/len(running)), 1},
		"no line at all": {strings.Repeat("\n", 1<<20), -1},
	}
	for name, c := range texts {
		r := newReading()
		told, k := r.read([]byte(c.text))
		if (k == nil) != (c.runs < 0) || len(told[running]) > mostText/20 {
			t.Errorf("of %s it believes %d samples", name, len(told[running]))
		}
		if k != nil && *told.sum(k.running) != c.runs {
			t.Errorf("of %s it believes %v", name, *told.sum(k.running))
		}
	}
}

func FuzzMetrics(f *testing.F) {
	for _, name := range []string{"vllm-v1-two-engines.txt", "sglang-realtime.txt", "tgi-2.txt", "llamacpp.txt"} {
		f.Add([]byte(recorded(f, name)))
	}
	f.Add([]byte("vllm:num_requests_running{a=\"\\\"\"} 1e3 12\nllamacpp:requests_processing\t1\n"))
	f.Add([]byte("vllm:num_requests_running{\"x\",a=\"b\"} 1\nvllm:kv_cache_usage_perc{} 2\n# TYPE vllm:kv_cache_usage_perc histogram\n"))
	f.Fuzz(func(t *testing.T, text []byte) { check(t, "/metrics", text) })
}

func FuzzOllama(f *testing.F) {
	f.Add([]byte(recorded(f, "ollama-ps.json")))
	f.Add([]byte(`{"models":[{"name":"a","size":-1,"size_vram":9223372036854775807},{}]}`))
	f.Fuzz(func(t *testing.T, body []byte) { check(t, "/api/ps", body) })
}

// check holds of whatever a server says, now and at the next look: it can be sent to the page, and is bounded.
func check(t *testing.T, path string, body []byte) {
	r, s := reader("")
	s.shows(path, page{body: string(body)})
	for range 2 {
		l := r.Read(t.Context())
		r.rest = time.Time{}
		if l == nil {
			continue
		}
		said, err := json.Marshal(l)
		if err != nil || len(said) > 32<<10 || l.Server == "" || len(l.Models) > mostModels {
			t.Fatalf("%v: %s", err, said)
		}
		for _, number := range []*float64{l.Running, l.Waiting, l.Cache, l.PromptRate, l.GenerationRate} {
			if number != nil && *number < 0 {
				t.Errorf("%s", said)
			}
		}
		if l.Cache != nil && *l.Cache > 100 {
			t.Errorf("%s", said)
		}
	}
}
