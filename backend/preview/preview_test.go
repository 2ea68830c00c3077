package preview

import (
	"bytes"
	"context"
	"image"
	stdjpeg "image/jpeg"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/sight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(h http.Handler, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w
}

// put fills the slot with frame n of p, captured a moment ago.
func put(latest *sight.Latest, n uint64, p *sight.Picture) {
	latest.Put(sight.Frame{Number: n, Captured: time.Now().Add(-25 * time.Millisecond), Picture: p})
}

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

func fromJPEG(t testing.TB, data []byte) *sight.Picture {
	t.Helper()
	p, err := sight.FromJPEG(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// broken is a picture whose header is right and whose body is cut off, too large to pass untouched.
func broken(t testing.TB) *sight.Picture {
	t.Helper()
	p := fromJPEG(t, jpegOf(t, 4000, 2000)[:640])
	if _, err := p.JPEG(2000, quality); err == nil {
		t.Fatal("the picture is not broken enough for this test")
	}
	return p
}

func TestFrameComesWithWhatThePageNeedsToKnow(t *testing.T) {
	var latest sight.Latest
	put(&latest, 7, sight.FromYCbCr(grey(320, 180)))
	w := get(New(&latest), "/live/frame?after=6")
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", HeaderFrame: "7",
		"Content-Length": strconv.Itoa(w.Body.Len()),
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	checkAge(t, w.Header().Get(HeaderAge))
	checkSize(t, w, 320, 180)
}

func checkAge(t *testing.T, header string) {
	t.Helper()
	age, err := strconv.ParseFloat(header, 64)
	if _, decimals, _ := strings.Cut(header, "."); err != nil || age < 25 || len(decimals) != 1 {
		t.Errorf("age %q, want at least 25 with one decimal", header)
	}
}

func checkSize(t *testing.T, w *httptest.ResponseRecorder, width, height int) {
	t.Helper()
	c, err := stdjpeg.DecodeConfig(w.Body)
	if err != nil || c.Width != width || c.Height != height {
		t.Errorf("got %dx%d (%v), want %dx%d", c.Width, c.Height, err, width, height)
	}
}

func TestJPEGThatFitsPassesUntouched(t *testing.T) {
	var latest sight.Latest
	data := jpegOf(t, 640, 360)
	put(&latest, 1, fromJPEG(t, data))
	for _, url := range []string{"/live/frame", "/live/frame?after=0&edge=0", "/live/frame?edge=640"} {
		if w := get(New(&latest), url); !bytes.Equal(w.Body.Bytes(), data) {
			t.Errorf("%s: the bytes are not the camera's", url)
		}
	}
}

func TestPictureIsMadeToFit(t *testing.T) {
	var latest sight.Latest
	put(&latest, 1, fromJPEG(t, jpegOf(t, 1920, 1080)))
	h := New(&latest)
	checkSize(t, get(h, "/live/frame"), 1920, 1080)
	checkSize(t, get(h, "/live/frame?edge=480"), 480, 270)
	checkSize(t, get(h, "/live/frame?edge=500"), 960, 540) // only ever halved, and never too small for its place
	checkSize(t, get(h, "/live/frame?edge=1000"), 1920, 1080)
	checkSize(t, get(h, "/live/frame?edge=3840"), 1920, 1080)
}

func TestOnlyNewerFramesAreGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		put(&latest, 4, sight.FromYCbCr(grey(64, 64)))
		answered := make(chan *httptest.ResponseRecorder)
		go func() { answered <- get(New(&latest), "/live/frame?after=4") }()
		synctest.Wait()
		put(&latest, 4, sight.FromYCbCr(grey(64, 64)))
		synctest.Wait()
		select {
		case w := <-answered:
			t.Errorf("the page was given frame %s again", w.Header().Get(HeaderFrame))
		default:
		}
		put(&latest, 5, sight.FromYCbCr(grey(64, 64)))
		if w := <-answered; w.Code != http.StatusOK || w.Header().Get(HeaderFrame) != "5" {
			t.Errorf("status %d, frame %q", w.Code, w.Header().Get(HeaderFrame))
		}
	})
}

func TestWithoutAFrameTheAnswerIsEmptyAfterTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		asked := time.Now()
		w := get(New(&latest), "/live/frame?after=9")
		if took := time.Since(asked); w.Code != http.StatusNoContent || took != 2*time.Second {
			t.Errorf("status %d after %v, want 204 after 2s", w.Code, took)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Body.Len() != 0 {
			t.Errorf("headers %v, body %q", w.Header(), w.Body)
		}
	})
}

func TestPageThatGoesAwayIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		asked := time.Now()
		New(new(sight.Latest)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, Path, nil))
		if took := time.Since(asked); took != time.Millisecond {
			t.Errorf("it was waited for %v", took)
		}
	})
}

func TestBrokenFrameIsSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		put(&latest, 1, broken(t))
		answered := make(chan *httptest.ResponseRecorder)
		go func() { answered <- get(New(&latest), Path) }()
		synctest.Wait()
		put(&latest, 2, broken(t))
		synctest.Wait()
		put(&latest, 3, sight.FromYCbCr(grey(64, 64)))
		if w := <-answered; w.Code != http.StatusOK || w.Header().Get(HeaderFrame) != "3" {
			t.Errorf("status %d, frame %q", w.Code, w.Header().Get(HeaderFrame))
		}
	})
}

func TestOnlyBrokenFramesEndAtTheDeadlineToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		put(&latest, 1, broken(t))
		if w := get(New(&latest), Path); w.Code != http.StatusNoContent {
			t.Errorf("status %d", w.Code)
		}
	})
}

func TestManyReadersCostOneEncoding(t *testing.T) {
	var latest sight.Latest
	var renders atomic.Int32
	put(&latest, 1, sight.FromRender(1920, 1080, func() *image.YCbCr {
		renders.Add(1)
		return grey(1920, 1080)
	}))
	h := New(&latest)
	bodies := make([][]byte, maxRequests)
	var reading sync.WaitGroup
	for i := range bodies {
		reading.Go(func() { bodies[i] = get(h, Path).Body.Bytes() })
	}
	reading.Wait()
	frame, _ := latest.Newest()
	kept, err := frame.Picture.JPEG(1920, quality)
	if err != nil || renders.Load() != 1 {
		t.Fatalf("%d renders, %v", renders.Load(), err)
	}
	for i := range bodies {
		if !bytes.Equal(bodies[i], kept.JPEG) {
			t.Errorf("reader %d was given another picture", i)
		}
	}
}

func TestLeakedRequestsDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		h := New(&latest)
		var waiting sync.WaitGroup
		for range maxRequests {
			waiting.Go(func() { get(h, Path) })
		}
		synctest.Wait()
		if w := get(h, Path); w.Code != http.StatusServiceUnavailable {
			t.Errorf("one more than allowed: status %d", w.Code)
		}
		waiting.Wait()
		put(&latest, 1, sight.FromYCbCr(grey(64, 64)))
		if w := get(h, Path); w.Code != http.StatusOK {
			t.Errorf("after the others had gone: status %d", w.Code)
		}
	})
}

func TestWhatIsNoRequestForAFrameIsRefused(t *testing.T) {
	for _, c := range []struct {
		method, url string
		status      int
	}{
		{http.MethodGet, "/live/frame?after=x", http.StatusBadRequest},
		{http.MethodGet, "/live/frame?after=", http.StatusBadRequest},
		{http.MethodGet, "/live/frame?after=-1", http.StatusBadRequest},
		{http.MethodGet, "/live/frame?after=18446744073709551616", http.StatusBadRequest},
		{http.MethodGet, "/live/frame?edge=63", http.StatusBadRequest},
		{http.MethodGet, "/live/frame?edge=3841", http.StatusBadRequest},
		{http.MethodGet, "/live/frame?edge=1e3", http.StatusBadRequest},
		{http.MethodGet, "/live/frame?after=1;edge=2", http.StatusBadRequest},
		{http.MethodGet, "/live/frames", http.StatusNotFound},
		{http.MethodGet, "/live/frame/", http.StatusNotFound},
		{http.MethodPost, "/live/frame", http.StatusMethodNotAllowed},
		{http.MethodHead, "/live/frame", http.StatusMethodNotAllowed},
	} {
		w := httptest.NewRecorder()
		New(new(sight.Latest)).ServeHTTP(w, httptest.NewRequest(c.method, c.url, nil))
		if w.Code != c.status || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: status %d, want %d", c.method, c.url, w.Code, c.status)
		}
	}
}

// FuzzQuery feeds the one thing a page can get wrong.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"", "after=1&edge=640", "after=%zz", "edge=-1", "edge=99999999999999999999", "after=1&after=2", "a;b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if wanted, err := parse(query); err == nil && (wanted.edge < minEdge || wanted.edge > maxEdge) {
			t.Errorf("%q asks for an edge of %d", query, wanted.edge)
		}
	})
}

// BenchmarkFrame is a frame for the page: a camera's JPEG as it came, and planes that have to be encoded.
func BenchmarkFrame(b *testing.B) {
	img := grey(1280, 720)
	for x := range 1280 {
		for y := range 720 {
			img.Y[img.YOffset(x, y)] = uint8(x*y>>6 + x)
		}
	}
	encoded, err := sight.FromYCbCr(img).JPEG(0, 80)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("jpeg", func(b *testing.B) { serve(b, func() *sight.Picture { return fromJPEG(b, encoded.JPEG) }) })
	b.Run("planes", func(b *testing.B) { serve(b, func() *sight.Picture { return sight.FromYCbCr(img) }) })
}

func serve(b *testing.B, picture func() *sight.Picture) {
	var latest sight.Latest
	h := New(&latest)
	for b.Loop() {
		put(&latest, 1, picture())
		if w := get(h, Path); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
