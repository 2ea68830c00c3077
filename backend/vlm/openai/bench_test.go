package openai

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"sightline/backend/sight"
	"sightline/backend/vlm/vlmtest"
)

// BenchmarkAsk asks back to back about a 1280×720 JPEG of about 57 kB that is passed through. sent-ms is from Ask's call to the request's
// last byte: all that lies between a free backend and a picture on the wire.
func BenchmarkAsk(b *testing.B) {
	server := vlmtest.Start(b, vlmtest.Script{Words: 24, Keep: 1})
	client := clientOf(b, Config{Base: server.URL})
	q := vlmtest.Question("Describe what you see in one sentence.")
	q.Frame.Picture, q.ImageEdge = photo(b), 1280
	var waits []time.Duration
	for b.Loop() {
		began := time.Now()
		answer, err := client.Ask(b.Context(), q, func(sight.Event) {})
		if err != nil {
			b.Fatal(err)
		}
		waits = append(waits, answer.Sent.Sub(began))
	}
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "sent-ms/p50")
	b.ReportMetric(float64(waits[len(waits)*95/100].Microseconds())/1000, "sent-ms/p95")
	b.ReportMetric(float64(len(q.Frame.Picture.Source())), "jpeg-bytes")
}

// photo is a JPEG the size of a webcam's: smooth with a little noise.
func photo(b *testing.B) *sight.Picture {
	img := vlmtest.TestCard(1280, 720)
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range img.Y {
		x, y := i%img.YStride, i/img.YStride
		img.Y[i] = uint8(60 + (x+y)/20 + noise.IntN(17))
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 110, 140
	}
	encoded, err := sight.FromYCbCr(img).JPEG(0, 60)
	if err != nil {
		b.Fatal(err)
	}
	picture, err := sight.FromJPEG(encoded.JPEG)
	if err != nil {
		b.Fatal(err)
	}
	return picture
}
