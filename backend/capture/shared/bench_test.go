//go:build unix

package shared

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sight"
)

// BenchmarkFrame is the way of one frame from the holder's put to that of all its viewers, over real sockets, with the CPU time of both sides.
func BenchmarkFrame(b *testing.B) {
	img := planes(1, 1280, 720, image.YCbCrSubsampleRatio420)
	small := photo(b, 1).Source()
	// A JPEG of 57 kB: what comes after its end is read by nobody, and sent all the same.
	data := append(bytes.Clone(small), make([]byte, 57_000-len(small))...)
	for _, form := range []struct {
		name    string
		picture func() *sight.Picture
	}{
		{"JPEG57kB", func() *sight.Picture { p, _ := sight.FromJPEG(data); return p }},
		{"Planes720p", func() *sight.Picture { return sight.FromYCbCr(img) }},
	} {
		for _, viewers := range []int{1, 3} {
			b.Run(fmt.Sprintf("%s/%dviewers", form.name, viewers), func(b *testing.B) { carry(b, form.picture, viewers) })
		}
	}
}

func carry(b *testing.B, picture func() *sight.Picture, viewers int) {
	frames := make(chan sight.Frame)
	inner := capture.Scheme{Name: "camera", Open: func(capture.URI) (capture.Source, error) { return belt(frames), nil }}
	s := Scheme(inner, filepath.Join(b.TempDir(), "cameras"))
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	start := func(put func(sight.Frame)) {
		src, err := s.Open(capture.URI{Scheme: "camera"})
		if err != nil {
			b.Fatal(err)
		}
		all.Go(func() { src.Run(ctx, put) })
	}
	start(func(sight.Frame) {})
	frames <- sight.Frame{Captured: time.Now(), Picture: picture()}
	came := make(chan struct{}, viewers)
	for range viewers {
		start(func(sight.Frame) { came <- struct{}{} })
	}
	for range viewers {
		<-came
	}
	cpu := cpuTime()
	for b.Loop() {
		frames <- sight.Frame{Captured: time.Now(), Picture: picture()}
		for range viewers {
			<-came
		}
	}
	b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N), "cpu-ns/op")
}

// belt is a source that hands on what it is given.
type belt chan sight.Frame

func (b belt) Run(ctx context.Context, put func(sight.Frame)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f := <-b:
			put(f)
		}
	}
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
