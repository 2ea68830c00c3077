package mjpeg

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"

	"sightline/backend/sight"
)

// BenchmarkStream is the cost of a picture of 57 kB, which is what 1280x720 take, with what the sender of this test costs: about half.
func BenchmarkStream(b *testing.B) {
	data := shot(b, 1)
	end := len(data) - 2
	data = append(append(data[:end:end], bytes.Repeat([]byte{0x55}, 57_000-len(data))...), 0xff, markerEOI)
	for name, head := range map[string]string{"lengths": fmt.Sprintf("Content-Length: %d\r\n", len(data)), "no lengths": ""} {
		b.Run(name, func(b *testing.B) {
			address := serve(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
				var err error
				for err == nil {
					_, err = fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\n%s\r\n%s\r\n", head, data)
				}
			}))
			ctx, cancel := context.WithCancel(b.Context())
			frames := make(chan sight.Frame)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = opened(b, address, nil).Run(ctx, func(f sight.Frame) {
					select {
					case frames <- f:
					case <-ctx.Done():
					}
				})
			}()
			b.ReportAllocs()
			for b.Loop() {
				<-frames
			}
			cancel()
			<-done
		})
	}
}
