//go:build cgo && linux && !noh264

package h264

import (
	"image"
	"syscall"
	"testing"
	"time"
)

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// reel is five seconds of pictures.
func reel(w, h int) []*image.YCbCr {
	c := newCamera(w, h)
	pictures := make([]*image.YCbCr, 150)
	for i := range pictures {
		pictures[i] = c.picture(i)
	}
	return pictures
}

func BenchmarkEncode720(b *testing.B) {
	pictures := reel(1280, 720)
	e := encoder(b, Config{Width: 1280, Height: 720, FPS: 30, BitsPerSecond: 2_400_000})
	bytes, n := 0, 0
	before := cpu(b)
	b.ReportAllocs()
	for b.Loop() {
		unit, err := e.Encode(pictures[n%len(pictures)], time.Duration(n)*time.Second/30, false)
		if err != nil {
			b.Fatal(err)
		}
		n++
		bytes += len(unit.Data)
	}
	b.ReportMetric(float64(cpu(b)-before)/1e6/float64(n), "cpu-ms/picture")
	b.ReportMetric(float64(bytes)*8*30/float64(n)/1e6, "Mbit/s")
}

func BenchmarkDecode720(b *testing.B) {
	units, _ := film(b, 1280, 720, 60)
	d := decoder(b, units[0])
	n := 0
	before := cpu(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decode(units[n%len(units)].Data); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(cpu(b)-before)/1e6/float64(n), "cpu-ms/picture")
}
