package load

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// rates reads once and says what the rates are, -1 where they are not known.
func rates(t *testing.T, r *Reader) (prompt, generation float64) {
	t.Helper()
	l := r.Read(t.Context())
	if l == nil {
		t.Fatal("nothing is told")
	}
	known := func(rate *float64) float64 {
		if rate == nil {
			return -1
		}
		return math.Round(*rate*100) / 100
	}
	return known(l.PromptRate), known(l.GenerationRate)
}

func expect(t *testing.T, r *Reader, prompt, generation float64) {
	t.Helper()
	if p, g := rates(t, r); p != prompt || g != generation {
		t.Errorf("rates %v and %v, not %v and %v", p, g, prompt, generation)
	}
}

func TestRatesAreKnownFromTheSecondLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := recorded(t, "vllm-v1-two-engines.txt")
		r, s := reader(text)
		expect(t, r, -1, -1)
		time.Sleep(2 * time.Second)
		// The first engine has read 600 and written 50, the second written 30.
		s.says(with(t, text, "} 391224.0\n", "} 391824.0\n", "} 21508.0\n", "} 21558.0\n", "} 80000.0\n", "} 80030.0\n"))
		expect(t, r, 300, 40)
		time.Sleep(2 * time.Second)
		expect(t, r, 0, 0)
	})
}

func TestLooksAtAnyPaceGiveOneSpeed(t *testing.T) {
	for _, every := range []time.Duration{60 * time.Millisecond, 333 * time.Millisecond, time.Second, 15 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			r, s := reader("")
			for look := range 40 {
				s.says(fmt.Sprintf("vllm:prompt_tokens_total 0\nvllm:generation_tokens_total %f\n", 90*every.Seconds()*float64(look)))
				if p, g := rates(t, r); look > 5 && (p != 0 || g != 90) {
					t.Errorf("looks every %v give %v and %v", every, p, g)
				}
				time.Sleep(every)
			}
		})
	}
}

func TestAnswersCountedAtTheirEndAreSpreadOverTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("")
		written := 100
		for second := range 30 {
			if second%2 == 0 {
				written += 60 // an answer has ended
			}
			s.says(fmt.Sprintf("llamacpp:prompt_tokens_total 0\nllamacpp:tokens_predicted_total %d\n", written))
			if _, g := rates(t, r); second >= 10 && math.Abs(g-30) > 3 {
				t.Errorf("after %d s it writes %v a second", second, g)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestSGLangsRunningCountIsTakenWhereThereIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := recorded(t, "sglang-realtime.txt")
		r, s := reader(text)
		expect(t, r, -1, -1)
		time.Sleep(10 * time.Second)
		// Both ranks of the first engine have written 400 and read 1000; requests that ended say nothing yet.
		s.says(with(t, text, "} 12000.0\n", "} 12400.0\n", "} 51000.0\n", "} 52000.0\n"))
		expect(t, r, 100, 40)
	})
}

func TestARestartedServerHasNoRateAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("llamacpp:prompt_tokens_total 5000\nllamacpp:tokens_predicted_total 900\n")
		expect(t, r, -1, -1)
		time.Sleep(time.Second)
		s.says("llamacpp:prompt_tokens_total 20\nllamacpp:tokens_predicted_total 950\n")
		expect(t, r, -1, -1)
		time.Sleep(time.Second)
		s.says("llamacpp:prompt_tokens_total 50\nllamacpp:tokens_predicted_total 960\n")
		expect(t, r, 30, 10)
	})
}

func TestAnotherServerAtTheSamePlaceBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("llamacpp:prompt_tokens_total 1\nllamacpp:tokens_predicted_total 1\n")
		expect(t, r, -1, -1)
		time.Sleep(time.Second)
		s.says("vllm:prompt_tokens_total 1e6\nvllm:generation_tokens_total 1e6\n")
		expect(t, r, -1, -1)
	})
}

func TestAnHourWithoutLooksIsNoSpeedOfNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("vllm:prompt_tokens_total 0\nvllm:generation_tokens_total 0\n")
		expect(t, r, -1, -1)
		time.Sleep(time.Hour)
		s.says("vllm:prompt_tokens_total 3600\nvllm:generation_tokens_total 3600\n")
		expect(t, r, -1, -1)
		time.Sleep(time.Second)
		expect(t, r, 0, 0)
	})
}

func TestACounterWrittenTooCoarselyGivesNoRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, s := reader("llamacpp:prompt_tokens_total 4.32191e+09\nllamacpp:tokens_predicted_total 21508\n")
		expect(t, r, -1, -1)
		time.Sleep(10 * time.Second)
		s.says("llamacpp:prompt_tokens_total 4.32192e+09\nllamacpp:tokens_predicted_total 21608\n")
		expect(t, r, -1, 10)
	})
}
