package mp4_test

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	"sightline/backend/mp4"
)

func BenchmarkReadHour(b *testing.B) {
	small, _ := hour(b)
	path := saved(b, small)
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mp4.Read(file, int64(len(small))); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProgressiveHour(b *testing.B) {
	file, _ := hour(b)
	track := read(b, file)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mp4.Progressive(track, bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFragment writes half a second of 720p.
func BenchmarkFragment(b *testing.B) {
	w, err := mp4.NewWriter(io.Discard, mp4.Shape{Width: 1280, Height: 720, SPS: []byte{0x67, 66, 0, 31}, PPS: []byte{0x68, 1}})
	if err != nil {
		b.Fatal(err)
	}
	samples := make([]mp4.Sample, 15)
	for i := range samples {
		samples[i].Data = make([]byte, 10_000)
	}
	at := time.Duration(0)
	b.SetBytes(150_000)
	b.ReportAllocs()
	for b.Loop() {
		for i := range samples {
			samples[i].At, samples[i].Key = at, i == 0
			at += time.Second / 30
		}
		if err := w.Fragment(samples, at); err != nil {
			b.Fatal(err)
		}
	}
}
