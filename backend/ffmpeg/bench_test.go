package ffmpeg

import (
	"errors"
	"io"
	"testing"
	"time"

	"sightline/backend/ffmpeg/ffmpegtest"
)

// BenchmarkDecode720p is what a picture costs, here and in the child, whose processor time is counted when it has ended.
func BenchmarkDecode720p(b *testing.B) {
	video := ffmpegtest.Clip(b, "card.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=10", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-colorspace", "bt709")
	for name, colour := range map[string]Colour{"known": {Matrix: BT709}, "unknown": {}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var child time.Duration
			pictures := 0
			for pictures < b.N {
				d := start(b, genuine(b), Input{Name: video, Colour: colour, Args: []string{"-stream_loop", "-1"}})
				for ; pictures < b.N; pictures++ {
					if _, err := d.Next(); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
				d.Close()
				state := d.child.cmd.ProcessState
				child += state.UserTime() + state.SystemTime()
			}
			perPicture := child / time.Duration(max(pictures, 1))
			b.ReportMetric(float64(perPicture.Microseconds())/1000, "child-ms/op")
			b.ReportMetric(float64(perPicture)*30/float64(time.Second)*100, "%core@30")
		})
	}
}
