package playback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/h264"
	"sightline/backend/local/winetest"
	"sightline/backend/mp4"
	"sightline/backend/mp4/mp4test"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	frame         = time.Second / 30
	width, height = 64, 48
)

// recording is one in the making: a second of it has one brightness.
type recording struct {
	*archive.Writer
	t       testing.TB
	encoder *h264.Encoder
	file    archive.File
	video   *mp4.Writer
	at      time.Duration
}

func record(t testing.TB) *recording {
	t.Helper()
	w, err := archive.Create(archive.OS(), t.TempDir(), archive.Manifest{
		Started: time.Now(), Version: "test", Session: "s", Parts: archive.Parts{Video: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &recording{Writer: w, t: t}
}

// film goes on filming for some seconds, a fragment each half a second.
func (r *recording) film(seconds int) *recording {
	r.t.Helper()
	if r.encoder == nil {
		r.begin()
	}
	for range 2 * seconds {
		var samples []mp4.Sample
		for i := range 15 {
			unit, err := r.encoder.Encode(grey(luma(r.at)), r.at, i == 0)
			if err != nil {
				r.t.Fatal(err)
			}
			if r.video == nil {
				r.video, err = mp4.NewWriter(r.file, mp4.Shape{Width: width, Height: height, SPS: unit.SPS, PPS: unit.PPS})
				if err != nil {
					r.t.Fatal(err)
				}
			}
			samples = append(samples, mp4.Sample{Data: unit.Data, At: r.at, Key: unit.Key})
			r.at += frame
		}
		if err := r.video.Fragment(samples, r.at); err != nil {
			r.t.Fatal(err)
		}
	}
	return r
}

func (r *recording) begin() {
	var err error
	r.encoder, err = h264.NewEncoder(h264.Config{Width: width, Height: height, FPS: 30, BitsPerSecond: 1_000_000})
	if err != nil {
		r.t.Fatal("this test needs the video codec, which is built in with cgo: ", err)
	}
	if r.file, err = r.Video(0, width, height, nil); err != nil {
		r.t.Fatal(err)
	}
}

func (r *recording) done() string {
	r.t.Helper()
	r.encoder.Close()
	if err := errors.Join(r.video.Finish(), r.file.Close(), r.Close(nil)); err != nil {
		r.t.Fatal(err)
	}
	return r.Dir()
}

// luma is the brightness at a time: 30, 60, 90, … second by second.
func luma(at time.Duration) byte { return byte(30 + 30*int((at+frame/2)/time.Second)) }

func grey(luma byte) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = luma
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	return img
}

// serve serves recordings by their IDs until the test ends.
func serve(t testing.TB, dirs map[string]string) (s *Server, base string) {
	t.Helper()
	s = New(func(_ context.Context, id string) (string, error) {
		if dir, ok := dirs[id]; ok {
			return dir, nil
		}
		return "", errors.New("there is none")
	})
	t.Cleanup(s.Close)
	base, err := s.Base()
	if err != nil {
		t.Fatal(err)
	}
	return s, base
}

// answer is what came.
type answer struct {
	*http.Response
	body []byte
}

// get asks once, on a connection of its own.
func get(t testing.TB, address string, change ...func(*http.Request)) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(request)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, body}
}

func ranged(text string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Range", text) }
}

func method(name string) func(*http.Request) { return func(r *http.Request) { r.Method = name } }

func TestAPlayerGetsTheVideoAndAnyPartOfIt(t *testing.T) {
	_, base := serve(t, map[string]string{"a": record(t).film(2).done()})
	whole := get(t, base+"/a/0.mp4")
	if whole.StatusCode != http.StatusOK || len(whole.body) < 1000 || string(whole.body[4:8]) != "ftyp" {
		t.Fatalf("%s and %d bytes", whole.Status, len(whole.body))
	}
	for name, want := range map[string]string{
		"Content-Type": "video/mp4", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes",
		"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "", "Server": "",
	} {
		if got := whole.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	size := len(whole.body)
	for text, want := range map[string][]byte{
		"bytes=0-":                            whole.body,
		"bytes=0-0":                           whole.body[:1],
		"bytes=700-1099":                      whole.body[700:1100], // over the seam of index and file
		fmt.Sprintf("bytes=%d-", size-5):      whole.body[size-5:],
		"bytes=-7":                            whole.body[size-7:],
		fmt.Sprintf("bytes=10-%d", size+1000): whole.body[10:],
	} {
		part := get(t, base+"/a/0.mp4", ranged(text))
		if part.StatusCode != http.StatusPartialContent || !bytes.Equal(part.body, want) {
			t.Errorf("%s gave %s and %d bytes, want %d", text, part.Status, len(part.body), len(want))
		}
	}
	if beyond := get(t, base+"/a/0.mp4", ranged(fmt.Sprintf("bytes=%d-", size))); beyond.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a part beyond the end gave %s", beyond.Status)
	}
	head := get(t, base+"/a/0.mp4", method(http.MethodHead))
	if head.StatusCode != http.StatusOK || len(head.body) != 0 || head.ContentLength != int64(size) {
		t.Errorf("HEAD gave %s, %d bytes and the length %d, want %d", head.Status, len(head.body), head.ContentLength, size)
	}
}

func TestTheRightMomentIsShownAfterASeek(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil && winetest.Here() {
		t.Skip("wine has no ffmpeg to look at the video with")
	} else if err != nil {
		t.Fatal("ffmpeg is missing: this test looks at the video with it")
	}
	_, base := serve(t, map[string]string{"a": record(t).film(6).done()})
	for _, at := range []time.Duration{0, 5500 * time.Millisecond, 2300 * time.Millisecond, 4 * time.Second} {
		run := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-xerror", "-ss", fmt.Sprint(at.Seconds()), "-i", base+"/a/0.mp4",
			"-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo", "-")
		var complaints bytes.Buffer
		run.Stderr = &complaints
		pixels, err := run.Output()
		if err != nil || complaints.Len() > 0 || len(pixels) != width*height {
			t.Fatalf("at %v: %d pixels, %v\n%s", at, len(pixels), err, complaints.String())
		}
		got, want := int(pixels[width*height/2]), int(luma(at))
		if got < want-8 || got > want+8 {
			t.Errorf("at %v a brightness of %d is shown, want %d", at, got, want)
		}
	}
}

func TestStrangersFindNothing(t *testing.T) {
	quiet(t)
	dir := record(t).film(1).done()
	_, base := serve(t, map[string]string{"a": dir, "..": dir, "a b": dir})
	at, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	root, secret := "http://"+at.Host, strings.TrimPrefix(at.Path, "/")
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	for name, c := range map[string]struct {
		address string
		change  func(*http.Request)
		want    int
	}{
		"an ID with a space":     {address: base + "/a%20b/0.mp4", want: http.StatusOK},
		"no secret":              {address: root + "/a/0.mp4"},
		"an empty secret":        {address: root + "//a/0.mp4"},
		"another secret":         {address: root + "/" + strings.Repeat("0", 32) + "/a/0.mp4"},
		"a part of the secret":   {address: root + "/" + secret[:31] + "/a/0.mp4"},
		"more than the secret":   {address: base + "0/a/0.mp4"},
		"the secret in capitals": {address: root + "/" + strings.ToUpper(secret) + "A/a/0.mp4"},
		"the root":               {address: root + "/"},
		"a listing":              {address: base + "/"},
		"a listing of one":       {address: base + "/a/"},
		"another recording":      {address: base + "/b/0.mp4"},
		"another segment":        {address: base + "/a/1.mp4"},
		"a negative segment":     {address: base + "/a/-1.mp4"},
		"a signed segment":       {address: base + "/a/+0.mp4"},
		"leading zeros":          {address: base + "/a/00.mp4"},
		"a huge segment":         {address: base + "/a/99999999999999999999.mp4"},
		"another file":           {address: base + "/a/recording.json"},
		"the file itself":        {address: base + "/a/video.mp4"},
		"deeper":                 {address: base + "/a/0.mp4/0.mp4"},
		"upwards":                {address: base + "/../0.mp4"},
		"upwards, written":       {address: base + "/%2e%2e/0.mp4"},
		"upwards by a slash":     {address: base + "/a%2f../0.mp4"},
		"Windows' upwards":       {address: base + "/..%5ca/0.mp4"},
		"a zero byte":            {address: base + "/a%00/0.mp4"},
		"no ID":                  {address: base + "//0.mp4"},
		"an endless version":     {address: base + "/a/0.mp4?v=" + strings.Repeat("x", 1000)},
		"localhost":              {address: base + "/a/0.mp4", change: host("localhost:" + at.Port())},
		"a rebound name":         {address: base + "/a/0.mp4", change: host("evil.example:" + at.Port())},
		"another port":           {address: base + "/a/0.mp4", change: host("127.0.0.1:1")},
		"no port":                {address: base + "/a/0.mp4", change: host("127.0.0.1")},
		"a post":                 {address: base + "/a/0.mp4", change: method(http.MethodPost), want: http.StatusMethodNotAllowed},
		"a strange method":       {address: base + "/a/0.mp4", change: method("PROPFIND"), want: http.StatusMethodNotAllowed},
		"a preflight":            {address: base + "/a/0.mp4", change: method(http.MethodOptions), want: http.StatusMethodNotAllowed},
		"a stranger's post":      {address: root + "/a/0.mp4", change: method(http.MethodPost)},
	} {
		if c.change == nil {
			c.change = func(*http.Request) {}
		}
		if c.want == 0 {
			c.want = http.StatusNotFound
		}
		got := get(t, c.address, c.change)
		if got.StatusCode != c.want {
			t.Errorf("%s: %s, want %d", name, got.Status, c.want)
		}
		if c.want != http.StatusOK && (len(got.body) > 40 || got.Header.Get("Server") != "" || bytes.Contains(got.body, []byte(secret))) {
			t.Errorf("%s: it says %q", name, got.body)
		}
	}
}

func TestEachServerHasASecretOfItsOwn(t *testing.T) {
	a, first := serve(t, nil)
	_, other := serve(t, nil)
	again, err := a.Base()
	if err != nil || again != first {
		t.Errorf("asked again: %v, the same: %v", err, again == first)
	}
	x, y := secretOf(t, first), secretOf(t, other)
	if len(x) != 32 || x == y {
		t.Errorf("secrets of %d characters, the same: %v", len(x), x == y)
	}
}

func TestOnlyThisMachineReachesIt(t *testing.T) {
	_, base := serve(t, nil)
	at, err := url.Parse(base)
	if err != nil || at.Hostname() != "127.0.0.1" {
		t.Errorf("it listens on %v, %v", at, err)
	}
}

func TestTheLogNeverHearsTheSecret(t *testing.T) {
	before, log := slog.Default(), new(safeBuffer)
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	dir := record(t).film(1).done()
	s, base := serve(t, map[string]string{"a": dir, "gone": t.TempDir()})
	for _, path := range []string{"/a/0.mp4", "/a/7.mp4", "/gone/0.mp4", "/nobody/0.mp4", "/a/x;y"} {
		get(t, base+path)
	}
	raw(t, hostOf(t, base), "GET /"+secretOf(t, base)+" nonsense\r\n\r\n")
	s.Close()
	if text := log.String(); !strings.Contains(text, "cannot be played") || strings.Contains(text, secretOf(t, base)) {
		t.Errorf("the log says:\n%s", text)
	}
}

func TestAHundredRangesCostOneIndex(t *testing.T) {
	dir := record(t).film(3).done()
	s, base := serve(t, map[string]string{"a": dir})
	get(t, base+"/a/0.mp4", ranged("bytes=0-10"))
	first := madeOf(t, s)
	for i := range 100 {
		get(t, base+"/a/0.mp4", ranged(fmt.Sprintf("bytes=%d-%d", 10*i, 10*i+200)))
	}
	if madeOf(t, s) != first {
		t.Error("the index was made again, though nothing had changed")
	}
}

func TestARecordingThatGrowsGetsANewIndex(t *testing.T) {
	r := record(t).film(1)
	_, base := serve(t, map[string]string{"a": r.Dir()})
	before := get(t, base+"/a/0.mp4")
	r.film(2)
	after := get(t, base+"/a/0.mp4")
	if lengthOf(t, before.body) != time.Second || lengthOf(t, after.body) != 3*time.Second {
		t.Errorf("%v, and then %v", lengthOf(t, before.body), lengthOf(t, after.body))
	}
	if before.Header.Get("ETag") == after.Header.Get("ETag") {
		t.Error("both have the same tag")
	}
	late := get(t, base+"/a/0.mp4", ranged("bytes=5-9"), func(q *http.Request) { q.Header.Set("If-Range", before.Header.Get("ETag")) })
	if late.StatusCode != http.StatusOK || !bytes.Equal(late.body, after.body) {
		t.Errorf("a part of what is no more gave %s", late.Status)
	}
	r.done()
}

func TestAPlayerMayKeepWhatItBeganWith(t *testing.T) {
	r := record(t).film(1)
	_, base := serve(t, map[string]string{"a": r.Dir()})
	before := get(t, base+"/a/0.mp4?v=1")
	r.film(2)
	half := len(before.body) / 2
	part := get(t, base+"/a/0.mp4?v=1", ranged(fmt.Sprintf("bytes=%d-", half)))
	if !bytes.Equal(part.body, before.body[half:]) || part.Header.Get("ETag") != before.Header.Get("ETag") {
		t.Error("the bytes have moved under the player")
	}
	if again := get(t, base+"/a/0.mp4?v=2"); lengthOf(t, again.body) != 3*time.Second {
		t.Errorf("a player that begins now sees %v", lengthOf(t, again.body))
	}
	r.done()
}

func TestARecordingThatIsReplacedOrGoneIsNotPlayedFromMemory(t *testing.T) {
	quiet(t)
	dir := record(t).film(2).done()
	_, base := serve(t, map[string]string{"a": dir})
	get(t, base+"/a/0.mp4?v=1")
	path := filepath.Join(dir, "video.mp4")
	other, err := os.ReadFile(filepath.Join(record(t).film(1).done(), "video.mp4"))
	if err == nil {
		err = os.Rename(path, path+".old")
	}
	if err == nil {
		err = os.WriteFile(path, append(other, make([]byte, 100_000)...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := get(t, base+"/a/0.mp4?v=1"); lengthOf(t, got.body) != time.Second {
		t.Errorf("the new one lasts %v", lengthOf(t, got.body))
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if got := get(t, base+"/a/0.mp4?v=1"); got.StatusCode != http.StatusNotFound {
		t.Errorf("deleted, it gave %s", got.Status)
	}
}

func TestFewIndexesAndNoFilesAreKept(t *testing.T) {
	dirs := map[string]string{}
	for i := range mostIndexes + 3 {
		dirs[fmt.Sprint(i)] = record(t).film(1).done()
	}
	s, base := serve(t, dirs)
	for range 2 {
		for id := range dirs {
			get(t, base+"/"+id+"/0.mp4")
		}
	}
	if n := len(s.shelf.indexes); n != mostIndexes {
		t.Errorf("%d indexes are kept, want %d", n, mostIndexes)
	}
	s.Close()
	if open := openBelow(dirs); len(open) > 0 {
		t.Errorf("open files: %v", open)
	}
}

func TestManyPlayersAtOnce(t *testing.T) {
	dir := record(t).film(3).done()
	_, base := serve(t, map[string]string{"a": dir})
	whole := get(t, base+"/a/0.mp4").body
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			for j := range 20 {
				from := (i*977 + j*131) % len(whole)
				if part := get(t, fmt.Sprintf("%s/a/0.mp4?v=%d", base, i%6), ranged(fmt.Sprintf("bytes=%d-", from))); !bytes.Equal(part.body, whole[from:]) {
					t.Errorf("from %d on: %s and other bytes", from, part.Status)
				}
			}
		})
	}
	all.Wait()
}

func TestTooManyConnectionsAreSentAway(t *testing.T) {
	_, base := serve(t, nil)
	host := hostOf(t, base)
	var held []net.Conn
	for range mostAtOnce {
		conn := dial(t, host)
		defer conn.Close()
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n", host) // and no more
		held = append(held, conn)
	}
	one := dial(t, host)
	defer one.Close()
	if _, err := one.Read(make([]byte, 1)); err == nil {
		t.Error("one more was served")
	}
	held[0].Close()
	for end := time.Now().Add(3 * time.Second); ; {
		next := dial(t, host)
		fmt.Fprintf(next, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host)
		n, _ := next.Read(make([]byte, 1))
		next.Close()
		if n == 1 {
			return
		}
		if time.Now().After(end) {
			t.Fatal("a place that was given back is not taken again")
		}
	}
}

func TestPlayersThatStallDoNotHoldUpTheEnd(t *testing.T) {
	dir := record(t).film(1).done()
	grow(t, filepath.Join(dir, "video.mp4"))
	s, base := serve(t, map[string]string{"a": dir})
	host := hostOf(t, base)
	for range 8 {
		conn := dial(t, host)
		defer conn.Close()
		fmt.Fprintf(conn, "GET /%s/a/0.mp4 HTTP/1.1\r\nHost: %s\r\n\r\n", secretOf(t, base), host)
		if _, err := conn.Read(make([]byte, 100)); err != nil { // it has begun, and nobody reads on
			t.Fatal(err)
		}
	}
	start := time.Now()
	s.Close()
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("closed after %v", took)
	}
	if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", host); err == nil {
		t.Error("it still listens")
	}
	_, err := s.Base()
	if f := fault.From(err); f == nil || f.Code != "playback.refused" {
		t.Errorf("asked after the end it gave %v", err)
	}
	s.Close() // again
}

func TestALibraryThatHangsDoesNotHoldUpTheEnd(t *testing.T) {
	asked := make(chan struct{}, 1)
	s := New(func(ctx context.Context, _ string) (string, error) {
		asked <- struct{}{}
		<-ctx.Done()
		return "", ctx.Err()
	})
	base, err := s.Base()
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, hostOf(t, base))
	defer conn.Close()
	fmt.Fprintf(conn, "GET /%s/a/0.mp4 HTTP/1.1\r\nHost: %s\r\n\r\n", secretOf(t, base), conn.RemoteAddr())
	<-asked
	start := time.Now()
	s.Close()
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("closed after %v", took)
	}
}

func TestAServerNobodyAskedForJustCloses(t *testing.T) {
	New(nil).Close()
}

func secretOf(t testing.TB, base string) string {
	t.Helper()
	at, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(at.Path, "/")
}

func hostOf(t testing.TB, base string) string {
	t.Helper()
	at, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return at.Host
}

func dial(t testing.TB, host string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// raw says something that may be no HTTP, and waits for the end of the answer.
func raw(t testing.TB, host, text string) {
	t.Helper()
	conn := dial(t, host)
	defer conn.Close()
	fmt.Fprint(conn, text)
	_, _ = io.Copy(io.Discard, conn) // whatever it says
}

// lengthOf is how long an ordinary MP4 says it is: to ffprobe, which wine has not.
func lengthOf(t testing.TB, video []byte) time.Duration {
	t.Helper()
	if winetest.Here() {
		return mp4test.Play(t, video).Length
	}
	path := filepath.Join(t.TempDir(), "got.mp4")
	if err := os.WriteFile(path, video, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	length, err := time.ParseDuration(strings.TrimSpace(string(out)) + "s")
	if err != nil {
		t.Fatal(err)
	}
	return length.Round(time.Millisecond) // ticks are no round numbers
}

func madeOf(t testing.TB, s *Server) *made {
	t.Helper()
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	if len(s.shelf.indexes) != 1 {
		t.Fatalf("%d indexes", len(s.shelf.indexes))
	}
	x := s.shelf.indexes[0]
	x.turn <- struct{}{}
	defer func() { <-x.turn }()
	return x.made
}

// openBelow is the files below some folders that this process has open; none where that cannot be seen.
func openBelow(dirs map[string]string) []string {
	var found []string
	var links []string
	if runtime.GOOS == "linux" { // under wine it would be the server of wine that looked, and that would lose its lock by it
		links, _ = filepath.Glob("/proc/self/fd/*")
	}
	for _, link := range links {
		path, err := os.Readlink(link)
		for _, dir := range dirs {
			if err == nil && strings.HasPrefix(path, dir) {
				found = append(found, path)
			}
		}
	}
	for _, dir := range dirs {
		if archive.InUse(dir) != nil { // Windows says so
			found = append(found, dir)
		}
	}
	return found
}

// grow makes a video larger than what a connection swallows unread, without adding pictures.
func grow(t testing.TB, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := bytes.Index(data, []byte("moof")) - 4
	free := make([]byte, 32<<20)
	copy(free, []byte{2, 0, 0, 0, 'f', 'r', 'e', 'e'})
	if err := os.WriteFile(path, bytes.Join([][]byte{data[:head], free, data[head:]}, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}

func quiet(t testing.TB) {
	t.Helper()
	before := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(before) })
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
