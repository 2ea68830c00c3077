//go:build !windows

package history

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// many is a place with 100,000 answers in 20 recordings, as a model gives them: some words in most of them, others in few.
func many(b *testing.B) (p *place, rare []string) {
	b.Helper()
	p = newPlace(b)
	p.lines = maxLines
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 5000)
	for i := range words {
		letters := make([]byte, 3+r.IntN(7))
		for k := range letters {
			letters[k] = byte('a' + r.IntN(26))
		}
		words[i] = string(letters)
	}
	usual := strings.Fields("the a of and in is are person man woman car street red blue with on table background standing picture shows")
	zipf := rand.NewZipf(r, 1.1, 5, uint64(len(words)-1))
	for n := range 20 {
		w := p.begin(n)
		for i := range uint64(5000) {
			var text strings.Builder
			for range 40 {
				if r.IntN(2) == 0 {
					text.WriteString(usual[r.IntN(len(usual))])
				} else {
					text.WriteString(words[zipf.Uint64()])
				}
				text.WriteByte(' ')
			}
			e := answer(i+1, text.String())
			e.AgeMS, e.TotalMS, e.Image = sight.Milliseconds(time.Millisecond), sight.Milliseconds(time.Second), &sight.LineImage{Width: 640, Height: 360, Bytes: 40000}
			if err := w.Answer(e, nil); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(nil); err != nil {
			b.Fatal(err)
		}
	}
	return p, []string{words[10], words[3000]}
}

// BenchmarkHundredThousandAnswers reports the first build in lines a second, and what a refresh and searches take.
func BenchmarkHundredThousandAnswers(b *testing.B) {
	p, rare := many(b)
	begun, before := time.Now(), cpuTime(b)
	if err := p.Refresh(p.ctx()); err != nil {
		b.Fatal(err)
	}
	b.Logf("built at %.0f lines a second, %.0f a second of CPU", 100_000/time.Since(begun).Seconds(), 100_000/(cpuTime(b)-before).Seconds())
	p.History.Close()
	info, err := os.Stat(p.index)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("the index has %d MB", info.Size()>>20)
	b.Run("refresh of nothing new", func(b *testing.B) {
		for b.Loop() {
			if err := p.Refresh(p.ctx()); err != nil {
				b.Fatal(err)
			}
		}
	})
	id := p.ids()[7]
	for _, q := range []Query{
		{},
		{Words: "the"},
		{Words: "th"},
		{Words: "seen"},
		{Words: "person car"},
		{Words: rare[0]},
		{Words: rare[1]},
		{Words: "the a of and in is"},
		{Words: `"red car"`},
		{Words: "the -car"},
		{Words: "red " + rare[1]},
		{Words: "street", Recording: id},
		{Recording: id},
	} {
		b.Run(fmt.Sprintf("search/%q in %.5s", q.Words, q.Recording), func(b *testing.B) {
			var took []time.Duration
			before := cpuTime(b)
			for b.Loop() {
				begun := time.Now()
				hits, err := p.Search(p.ctx(), q)
				if err != nil || len(hits) == 0 {
					b.Fatal(len(hits), err)
				}
				took = append(took, time.Since(begun))
			}
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/1000/float64(len(took)), "ms-cpu") // says more on a busy machine
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms-worst")
		})
	}
}

// cpuTime is what this process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkListOfAThousand reports what the list takes when its manifests are known, as they are but for the first time.
func BenchmarkListOfAThousand(b *testing.B) {
	p := newPlace(b)
	id := p.record(1, "a")
	raw, err := os.ReadFile(filepath.Join(p.folder, id, manifestName))
	if err != nil {
		b.Fatal(err)
	}
	for n := range 1000 {
		dir := filepath.Join(p.folder, fmt.Sprintf("copy %d", n))
		os.Mkdir(dir, 0o700)
		if err := os.WriteFile(filepath.Join(dir, manifestName), raw, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	begun := time.Now()
	p.ids()
	b.Logf("the first time takes %v", time.Since(begun))
	for b.Loop() {
		if list, err := p.List(p.ctx()); err != nil || len(list) != 1001 || list[0].State != archive.Complete {
			b.Fatal(len(list), err)
		}
	}
}
