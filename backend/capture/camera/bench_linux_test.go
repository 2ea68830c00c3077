//go:build cgo

package camera

import (
	"bytes"
	"context"
	"image"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/pion/mediadevices/pkg/frame"

	"sightline/backend/capture"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

// These take a camera of 1280×720 all the way from the driver's memory to what a window shows, the picture for a place 1280 pixels wide, and
// to one question a second, 640 pixels wide. The driver's stand-in delivers as fast as it is asked. What counts is the processor time of the
// whole process for a frame, and what share of a core that makes at thirty frames a second; B/op and allocs/op are a frame's.

func BenchmarkMJPEG720(b *testing.B) {
	watch720(b, frame.FormatMJPEG, func(img *image.YCbCr) []byte {
		data, err := jpeg.Encode(img, 85)
		if err != nil {
			b.Fatal(err)
		}
		return data
	})
}

func BenchmarkYUYV720(b *testing.B) { watch720(b, frame.FormatYUYV, yuyvOf) }

func BenchmarkNV12720(b *testing.B) {
	watch720(b, frame.FormatNV12, func(img *image.YCbCr) []byte {
		data := bytes.Clone(img.Y)
		for i := range img.Cb {
			data = append(data, img.Cb[i], img.Cr[i])
		}
		return data
	})
}

// BenchmarkUnpackYUYV720 is what taking a raw picture out of the driver's memory costs alone.
func BenchmarkUnpackYUYV720(b *testing.B) {
	l := tight(mode{width: 1280, height: 720, format: frame.FormatYUYV})
	data := yuyvOf(lit(0))
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		l.planes(data)
	}
}

func watch720(b *testing.B, format frame.Format, lay func(*image.YCbCr) []byte) {
	pictures := make([][]byte, 8)
	for i := range pictures {
		pictures[i] = lay(lit(i))
	}
	table := capture.Table{scheme(&fullRate{format: format, pictures: pictures})}
	src, err := table.Open("camera:")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	next, ended := make(chan struct{}), make(chan error, 1)
	seen := 0
	go func() {
		ended <- src.Run(ctx, func(f sight.Frame) {
			look(b, f.Picture, 1280)
			if seen++; seen%30 == 0 {
				look(b, f.Picture, 640)
			}
			select {
			case next <- struct{}{}:
			case <-ctx.Done():
			}
		})
	}()
	b.ReportAllocs()
	spent := cpuTime(b)
	for b.Loop() {
		<-next
	}
	spent = cpuTime(b) - spent
	each := spent / time.Duration(b.N)
	b.ReportMetric(float64(each.Microseconds())/1000, "cpu-ms/op")
	b.ReportMetric(100*30*each.Seconds(), "%core@30fps")
	cancel()
	<-ended
}

func look(b *testing.B, p *sight.Picture, edge int) {
	if _, err := p.JPEG(edge, 75); err != nil {
		b.Error(err)
	}
}

// lit is the nth picture of a room: soft shapes, edges, and the noise of a camera.
func lit(n int) *image.YCbCr {
	img, noise := image.NewYCbCr(image.Rect(0, 0, 1280, 720), image.YCbCrSubsampleRatio420), rand.New(rand.NewPCG(1, uint64(n)))
	for y := range 720 {
		for x := range 1280 {
			v := 120 + 60*math.Sin(float64(x+9*n)/90)*math.Cos(float64(y)/70) + float64(noise.IntN(9)-4)
			if (x/40+y/60)%5 == 0 {
				v = v/2 + 30
			}
			img.Y[img.YOffset(x, y)] = byte(v)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(110+i%img.CStride/16), byte(120+i/img.CStride/16)
	}
	return img
}

func yuyvOf(img *image.YCbCr) []byte {
	data := make([]byte, 0, 2*1280*720)
	for y := range 720 {
		for x := 0; x < 1280; x += 2 {
			i, c := img.YOffset(x, y), img.COffset(x, y)
			data = append(data, img.Y[i], img.Cb[c], img.Y[i+1], img.Cr[c])
		}
	}
	return data
}

// fullRate is a machine with one camera whose driver always has the next picture.
type fullRate struct {
	format   frame.Format
	pictures [][]byte
	next     int
}

func (r *fullRate) tells() bool { return true }

func (r *fullRate) list() ([]attached, error) {
	return []attached{{identity: identity{key: "at-bench"}, name: "Bench", device: func() device { return r }}}, nil
}

func (r *fullRate) modes() ([]mode, error) { return []mode{{1280, 720, 30, r.format}}, nil }

func (r *fullRate) start(m mode) (stream, error) {
	take := takeJPEG
	if m.format != frame.FormatMJPEG {
		take = tight(m).take
	}
	return &v4l2Stream{buffers: r, take: take}, nil
}

func (r *fullRate) close() {}

func (r *fullRate) WaitForFrame(uint32) error { return nil }

func (r *fullRate) GetFrame() ([]byte, uint32, error) {
	r.next = (r.next + 1) % len(r.pictures)
	return r.pictures[r.next], 0, nil
}

func (r *fullRate) ReleaseFrame(uint32) error { return nil }

func (r *fullRate) Close() error { return nil }

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
