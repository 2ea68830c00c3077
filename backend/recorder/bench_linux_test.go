package recorder

import (
	"context"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/h264"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

// BenchmarkRecord720Planes records a camera of 1280×720 at thirty frames a second, as it comes; run it with -benchtime=300x, which takes ten
// seconds. CPU time is the whole process's, a frame; memory is what it holds more than before the recording.
func BenchmarkRecord720Planes(b *testing.B) {
	record720(b, func(img *image.YCbCr) func() sight.Frame {
		return func() sight.Frame { return sight.Frame{Picture: sight.FromYCbCr(img)} }
	})
}

// BenchmarkRecord720MJPEG is described at BenchmarkRecord720Planes.
func BenchmarkRecord720MJPEG(b *testing.B) {
	record720(b, func(img *image.YCbCr) func() sight.Frame {
		data, err := jpeg.Encode(img, 85)
		if err != nil {
			b.Fatal(err)
		}
		return func() sight.Frame {
			p, err := sight.FromJPEG(data)
			if err != nil {
				b.Fatal(err)
			}
			return sight.Frame{Picture: p}
		}
	})
}

// BenchmarkRecord720Own is described at BenchmarkRecord720Planes: of a camera that sends four megabits of H.264 a second, with a key every two.
func BenchmarkRecord720Own(b *testing.B) {
	encoder, err := h264.NewEncoder(h264.Config{Width: 1280, Height: 720, FPS: 30, BitsPerSecond: 4_000_000})
	if err != nil {
		b.Fatal(err)
	}
	defer encoder.Close()
	var (
		n      int
		sets   h264.Unit
		newest *sight.Coded
	)
	record720(b, func(img *image.YCbCr) func() sight.Frame {
		unit, err := encoder.Encode(img, time.Duration(n)*frameTime, n == 0)
		if err != nil {
			b.Fatal(err)
		}
		if n++; unit.Key {
			sets = unit
		}
		return func() sight.Frame {
			c := &sight.Coded{Data: unit.Data, Key: unit.Key, SPS: sets.SPS, PPS: sets.PPS, Captured: time.Now(), Before: newest}
			if unit.Key {
				c.Before = nil
			}
			newest = c
			return sight.Frame{Coded: c, Picture: sight.FromRender(1280, 720, nil)}
		}
	})
}

func record720(b *testing.B, camera func(*image.YCbCr) func() sight.Frame) {
	frames := make([]func() sight.Frame, 60)
	for i := range frames {
		frames[i] = camera(room(1280, 720, i))
	}
	var latest sight.Latest
	r := New(Config{Files: archive.OS(), Latest: &latest})
	r.Set(Options{Folder: b.TempDir(), Parts: archive.Parts{Video: true}})
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Run(ctx) // it ends when its context does
	}()
	debug.FreeOSMemory()
	tick := time.NewTicker(time.Second / 30)
	defer tick.Stop()
	memory, spent, most := resident(b), cpuTime(b), int64(0)
	r.Start()
	n := 0
	for b.Loop() {
		<-tick.C
		n++
		f := frames[(n-1)%len(frames)]()
		f.Number, f.Captured = uint64(n), time.Now()
		latest.Put(f)
		if n%10 == 0 {
			most = max(most, resident(b))
		}
	}
	spent = cpuTime(b) - spent
	state := r.State()
	cancel()
	<-done
	b.ReportMetric(float64(spent)/1e6/float64(n), "cpu-ms/frame")
	b.ReportMetric(float64(most-memory)/(1<<20), "MB-more")
	b.ReportMetric(float64(state.Missed), "missed")
	b.ReportMetric(float64(r.State().Bytes)*8*30/float64(n)/1e6, "Mbit/s")
}

// room is what a webcam might show: a still room, somebody who walks through it, and noise.
func room(w, h, n int) *image.YCbCr {
	img, noise := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), rand.New(rand.NewPCG(1, uint64(n)))
	for i := range img.Y {
		x, y := i%w, i/w
		v := 110 + 60*math.Sin(float64(x)/97)*math.Cos(float64(y)/61)
		if walker := (x - 4*n + w) % w; walker < w/6 && y > h/4 {
			v = float64(60 + walker*(y%32)/16%120)
		}
		img.Y[i] = uint8(v + noise.NormFloat64()*1.5)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(128+i%w/20), 120
	}
	return img
}

func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// resident is the memory the process holds, in bytes.
func resident(b *testing.B) int64 {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Fatal(err)
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(raw), &size, &pages); err != nil {
		b.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
