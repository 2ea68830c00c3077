package recent

import (
	"bytes"
	"context"
	"errors"
	"image"
	stdjpeg "image/jpeg"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const session = "s 1/é"

func grey(width, height int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for _, plane := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range plane {
			plane[i] = 128
		}
	}
	return img
}

func jpegOf(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, grey(width, height), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func frame(n uint64, width, height int) sight.Frame {
	return sight.Frame{Number: n, Captured: time.Now(), Picture: sight.FromYCbCr(grey(width, height))}
}

// overWire is an answer from a server, which was sent jpeg.
func overWire(seq uint64, jpeg []byte) sight.Observation {
	f := frame(seq, 64, 48)
	return sight.Observation{
		Session: session, Seq: seq, Frame: f, Outcome: sight.Answered,
		Question: sight.Question{Seq: seq, Frame: f, Prompt: "What do you see?"},
		Answer:   sight.Answer{Text: "A wall.", Sent: time.Now(), Image: sight.Encoded{JPEG: jpeg, Width: 64, Height: 48}},
	}
}

// builtIn is an answer from the built-in detector, which sent nothing.
func builtIn(seq uint64, f sight.Frame) sight.Observation {
	o := overWire(seq, nil)
	o.Frame, o.Question.Frame = f, f
	return o
}

// running starts Run, and waits for its end when the test is over.
func running(t *testing.T, a *Answers) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run gave %v", err)
		}
	})
}

func get(a *Answers, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w
}

func checkSize(t *testing.T, w *httptest.ResponseRecorder, width, height int) {
	t.Helper()
	c, err := stdjpeg.DecodeConfig(w.Body)
	if w.Code != http.StatusOK || err != nil || c.Width != width || c.Height != height {
		t.Errorf("status %d, %dx%d (%v), want %dx%d", w.Code, c.Width, c.Height, err, width, height)
	}
}

func TestPictureIsExactlyWhatWasSent(t *testing.T) {
	a := New(session)
	sent := jpegOf(t, 640, 360)
	a.Observe(overWire(3, sent))
	w := get(a, a.PictureURL(3))
	if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), sent) {
		t.Errorf("status %d, %d bytes, want the %d sent", w.Code, w.Body.Len(), len(sent))
	}
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff",
		"Content-Length": strconv.Itoa(len(sent)),
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestThumbnailIsSmall(t *testing.T) {
	a := New(session)
	a.Observe(overWire(3, jpegOf(t, 640, 360)))
	a.Observe(overWire(4, jpegOf(t, 60, 120)))
	checkSize(t, get(a, a.ThumbURL(3)), 192, 108)
	checkSize(t, get(a, a.ThumbURL(4)), 60, 120)
}

func TestQuestionInFlightHasAThumbnailButNoPicture(t *testing.T) {
	a := New(session)
	a.Asked(9, frame(40, 384, 216))
	checkSize(t, get(a, a.ThumbURL(9)), 192, 108)
	if w := get(a, a.PictureURL(9)); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("nothing is known to be sent, yet status %d, %v", w.Code, w.Header())
	}
	a.Observe(sight.Observation{Session: session, Seq: 9, Outcome: sight.Cancelled})
	if w := get(a, a.ThumbURL(9)); w.Code != http.StatusNotFound {
		t.Errorf("after it was withdrawn: status %d", w.Code)
	}
}

func TestQuestionsInFlightAreFew(t *testing.T) {
	a := New(session)
	for seq := range uint64(100) {
		a.Asked(seq, frame(seq, 16, 16))
	}
	if len(a.pending) != maxPending || get(a, a.ThumbURL(0)).Code != http.StatusNotFound {
		t.Errorf("%d are held", len(a.pending))
	}
	checkSize(t, get(a, a.ThumbURL(99)), 16, 16)
}

func TestPictureThatWasNeverSentIsKeptSmallAndItsPlanesLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(session)
		running(t, a)
		a.Observe(builtIn(1, frame(1, 1280, 720)))
		synctest.Wait()
		r := a.bySeq[1]
		if r.picture != nil || len(r.jpeg) == 0 || a.bytes != len(r.jpeg) {
			t.Errorf("picture held: %v, JPEG of %d bytes, %d counted", r.picture != nil, len(r.jpeg), a.bytes)
		}
		checkSize(t, get(a, a.PictureURL(1)), 640, 360)
		checkSize(t, get(a, a.ThumbURL(1)), 192, 108)
	})
}

func TestPictureThatWaitsToBeEncodedIsShownAlready(t *testing.T) {
	a := New(session)
	a.Observe(builtIn(1, frame(1, 1280, 720)))
	checkSize(t, get(a, a.PictureURL(1)), 640, 360)
	checkSize(t, get(a, a.ThumbURL(1)), 192, 108)
}

func TestFullQueueDropsTheOldestPicture(t *testing.T) {
	a := New(session)
	for seq := range uint64(maxQueue + 3) {
		a.Observe(builtIn(seq, frame(seq, 32, 32)))
	}
	if a.Dropped() != 3 || len(a.queue) != maxQueue {
		t.Errorf("%d dropped, %d wait", a.Dropped(), len(a.queue))
	}
	if get(a, a.ThumbURL(2)).Code != http.StatusNotFound || get(a, a.ThumbURL(3)).Code != http.StatusOK {
		t.Error("the wrong ones were dropped")
	}
	if len(a.Rows()) != maxQueue+3 {
		t.Error("rows went with their pictures")
	}
}

func TestUnreadablePictureLeavesARowWithoutOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(session)
		running(t, a)
		cut, err := sight.FromJPEG(jpegOf(t, 1000, 1000)[:640])
		if err != nil {
			t.Fatal(err)
		}
		a.Observe(builtIn(1, sight.Frame{Number: 1, Picture: cut}))
		a.Observe(builtIn(2, frame(2, 64, 64)))
		synctest.Wait()
		if get(a, a.PictureURL(1)).Code != http.StatusNotFound || get(a, a.ThumbURL(1)).Code != http.StatusNotFound {
			t.Error("the broken picture is shown")
		}
		checkSize(t, get(a, a.PictureURL(2)), 64, 64)
	})
}

func TestOnlyWhatWasAskedIsKept(t *testing.T) {
	a := New(session)
	refused := &fault.Error{Code: "backend.refused", Message: "Nothing listens there."}
	a.Observe(sight.Observation{Seq: 1, Outcome: sight.Superseded, Frame: frame(1, 16, 16)})
	a.Observe(sight.Observation{Seq: 2, Outcome: sight.Failed, Frame: frame(2, 16, 16), Err: refused})
	a.Observe(sight.Observation{Seq: 3, Outcome: sight.Cancelled, Frame: frame(3, 16, 16)})
	a.Observe(sight.Observation{Seq: 4, Outcome: sight.Cancelled, Frame: frame(4, 16, 16), Answer: sight.Answer{Sent: time.Now()}})
	a.Observe(overWire(5, jpegOf(t, 16, 16)))
	var seqs []uint64
	for _, o := range a.Rows() {
		seqs = append(seqs, o.Seq)
	}
	if len(seqs) != 3 || seqs[0] != 5 || seqs[1] != 4 || seqs[2] != 2 {
		t.Errorf("kept %v, want 5, 4, 2", seqs)
	}
	checkSize(t, get(a, a.ThumbURL(2)), 16, 16)
}

func TestRowsHoldNoFrames(t *testing.T) {
	a := New(session)
	a.Observe(overWire(1, jpegOf(t, 64, 48)))
	a.Observe(builtIn(2, frame(2, 64, 48)))
	for _, o := range a.Rows() {
		if o.Frame.Picture != nil || o.Question.Frame.Picture != nil {
			t.Errorf("seq %d still holds its frame", o.Seq)
		}
		if o.Question.Prompt != "What do you see?" || o.Answer.Text != "A wall." || o.Frame.Number != o.Seq {
			t.Errorf("seq %d lost its words: %+v", o.Seq, o)
		}
	}
}

func TestTheNewestFiveHundredAreKept(t *testing.T) {
	a := New(session)
	jpeg := jpegOf(t, 16, 16)
	for seq := uint64(1); seq <= maxRows+20; seq++ {
		a.Observe(overWire(seq, jpeg))
	}
	rows := a.Rows()
	if len(rows) != maxRows || rows[0].Seq != maxRows+20 || rows[maxRows-1].Seq != 21 {
		t.Errorf("%d rows, from %d to %d", len(rows), rows[0].Seq, rows[len(rows)-1].Seq)
	}
	if len(a.bySeq) != maxRows || a.bytes != maxRows*len(jpeg) {
		t.Errorf("%d found by seq, %d bytes counted", len(a.bySeq), a.bytes)
	}
	if get(a, a.ThumbURL(20)).Code != http.StatusNotFound || get(a, a.ThumbURL(21)).Code != http.StatusOK {
		t.Error("the wrong ones went")
	}
}

func TestOldestPicturesGoWhenBytesRunOut(t *testing.T) {
	a := New(session)
	picture := make([]byte, 3<<20)
	for seq := range uint64(40) {
		o := overWire(seq, picture)
		o.Answer.Exchange = &sight.Exchange{Response: strings.Repeat("x", 1<<20)}
		a.Observe(o)
		if a.bytes > maxBytes {
			t.Fatalf("%d bytes are held", a.bytes)
		}
	}
	if len(a.Rows()) != 40 {
		t.Error("rows went with their pictures")
	}
	if a.bytes != maxBytes {
		t.Errorf("%d bytes held, want 16 pictures of 4 MiB", a.bytes)
	}
	_, old := a.Exchange(23)
	_, kept := a.Exchange(24)
	if old || !kept || get(a, a.PictureURL(23)).Code != http.StatusNotFound || get(a, a.PictureURL(24)).Code != http.StatusOK {
		t.Error("the wrong ones went")
	}
}

func TestNewestPictureIsKeptHoweverLarge(t *testing.T) {
	a := New(session)
	a.Observe(overWire(1, make([]byte, 10)))
	a.Observe(overWire(2, make([]byte, maxBytes+1)))
	if get(a, a.PictureURL(2)).Code != http.StatusOK || get(a, a.PictureURL(1)).Code != http.StatusNotFound {
		t.Error("want the newest and nothing else")
	}
}

func TestExchangeIsTheOneOfItsQuestion(t *testing.T) {
	a := New(session)
	o := overWire(1, jpegOf(t, 16, 16))
	o.Answer.Exchange = &sight.Exchange{Status: 200, Request: "{}"}
	a.Observe(o)
	a.Observe(overWire(2, jpegOf(t, 16, 16)))
	if e, ok := a.Exchange(1); !ok || e.Status != 200 {
		t.Errorf("got %+v, %v", e, ok)
	}
	for _, seq := range []uint64{2, 3} {
		if _, ok := a.Exchange(seq); ok {
			t.Errorf("seq %d has an exchange", seq)
		}
	}
}

func TestWhatIsNoRequestForAPictureIsRefused(t *testing.T) {
	a := New("s1")
	a.Observe(overWire(1, jpegOf(t, 16, 16)))
	for _, c := range []struct {
		method, url string
		status      int
	}{
		{http.MethodGet, "/live/thumb?seq=1&s=s1", http.StatusOK},
		{http.MethodGet, "/live/thumb?seq=1&s=s2", http.StatusNotFound},
		{http.MethodGet, "/live/picture?seq=1", http.StatusNotFound},
		{http.MethodGet, "/live/picture?seq=2&s=s1", http.StatusNotFound},
		{http.MethodGet, "/live/picture?seq=x&s=s1", http.StatusBadRequest},
		{http.MethodGet, "/live/picture?s=s1", http.StatusBadRequest},
		{http.MethodGet, "/live/pictures?seq=1&s=s1", http.StatusNotFound},
		{http.MethodPost, "/live/picture?seq=1&s=s1", http.StatusMethodNotAllowed},
		{http.MethodHead, "/live/thumb?seq=1&s=s1", http.StatusMethodNotAllowed},
	} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest(c.method, c.url, nil))
		if w.Code != c.status {
			t.Errorf("%s %s: status %d, want %d", c.method, c.url, w.Code, c.status)
		}
	}
}

func TestThumbnailWaitsForItsPlaceAtMostTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(session)
		a.Observe(overWire(1, jpegOf(t, 16, 16)))
		for range maxThumbs {
			a.places <- struct{}{}
		}
		asked := time.Now()
		w := get(a, a.ThumbURL(1))
		if took := time.Since(asked); w.Code != http.StatusServiceUnavailable || took != patience {
			t.Errorf("status %d after %v", w.Code, took)
		}
		<-a.places
		checkSize(t, get(a, a.ThumbURL(1)), 16, 16)
	})
}

// TestEverythingAtOnce is for the race detector: a session that asks, a page that looks.
func TestEverythingAtOnce(t *testing.T) {
	a := New(session)
	running(t, a)
	jpeg := jpegOf(t, 320, 240)
	var busy sync.WaitGroup
	busy.Go(func() {
		for seq := range uint64(200) {
			f := frame(seq, 64, 48)
			a.Asked(seq, f)
			if seq%2 == 0 {
				a.Observe(builtIn(seq, f))
			} else {
				a.Observe(overWire(seq, jpeg))
			}
		}
	})
	for range 3 {
		busy.Go(func() {
			for seq := range uint64(200) {
				get(a, a.ThumbURL(seq))
				get(a, a.PictureURL(seq))
				a.Exchange(seq)
				a.Dropped()
				for _, o := range a.Rows() {
					_ = o.Line()
				}
			}
		})
	}
	busy.Wait()
	if len(a.Rows()) != 200 {
		t.Errorf("%d rows", len(a.Rows()))
	}
}

// FuzzQuery feeds the one thing a page can get wrong.
func FuzzQuery(f *testing.F) {
	a := New(session)
	a.Observe(overWire(1, jpegOf(f, 16, 16)))
	for _, seed := range []string{"", "seq=1&s=s+1%2F%C3%A9", "seq=%zz", "seq=-1&s=", "seq=99999999999999999999", "seq=1&seq=2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, ThumbPath, nil)
		r.URL = &url.URL{Path: ThumbPath, RawQuery: query}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code == http.StatusOK && !strings.Contains(query, "1") {
			t.Errorf("%q was given a picture", query)
		}
	})
}

// BenchmarkThumb is a thumbnail made from a 640x360 JPEG, as every row of the list needs one.
func BenchmarkThumb(b *testing.B) {
	a := New(session)
	a.Observe(overWire(1, jpegOf(b, 640, 360)))
	for b.Loop() {
		if w := get(a, a.ThumbURL(1)); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
