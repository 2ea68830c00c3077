package stats

import (
	"os"
	"testing"
)

func TestStatOfAProgramWithAnOddName(t *testing.T) {
	const text = "42 (a (b) 1 2) R 7 42 42 0 -1 4194560 1 2 3 4 150 50 6 7 20 0 1 0 987654 1000 200 18446744073709551615 1 1"
	got, err := parseStat([]byte(text))
	if want := (stat{parent: 7, seconds: 2, start: 987654}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func FuzzStat(f *testing.F) {
	own, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{string(own), "", ")", "1 (x", "1 (x) S", "1 (x) S 1 1 1 1 1 1 1 1 1 1 1 x 1 1 1 1 1 1 1 1"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parseStat(text); err != nil && s != (stat{}) {
			t.Errorf("an error, and %+v", s)
		}
	})
}

func TestMemoryIsProportional(t *testing.T) {
	const rollup = "00400000-7ffe [rollup]\nRss:    2000 kB\nPss_Dirty:   1 kB\nPss:             1234 kB\n"
	if n, found := kilobytes([]byte(rollup), "Pss:"); !found || n != 1234 {
		t.Errorf("got %d, %v", n, found)
	}
	if _, found := kilobytes([]byte(rollup), "Swap:"); found {
		t.Error("found what is not there")
	}
}
