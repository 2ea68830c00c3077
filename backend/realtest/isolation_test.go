//go:build real

package realtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd is how many windows there are; longEnough how long they work unless SIGHTLINE_ISOLATION says otherwise ("make soak" does).
const (
	crowd      = 10
	enough     = 10 // answers of each on average: on a slow machine most questions are withdrawn before they are answered
	longEnough = 60 * time.Second
)

// hues are the windows' colours, each in two shades. They are far enough apart to be told after JPEG has been at them.
func hues(window, shade int) [3]int {
	c := [crowd][3]int{
		{230, 0, 0}, {0, 160, 0}, {0, 0, 230}, {230, 230, 0}, {230, 0, 230}, {0, 230, 230}, {230, 120, 0}, {60, 60, 60}, {110, 60, 150}, {240, 240, 240},
	}[window]
	for i := range c {
		c[i] = c[i] * (10 - shade) / 10
	}
	return c
}

// whose is the window whose colour a picture has, by the median of its points: the counter and the clock cover few of them.
func whose(img image.Image) int {
	var points [3][]int
	size := img.Bounds().Size()
	for y := range 24 {
		for x := range 24 {
			r, g, b, _ := img.At(img.Bounds().Min.X+x*size.X/24, img.Bounds().Min.Y+y*size.Y/24).RGBA()
			points[0], points[1], points[2] = append(points[0], int(r>>8)), append(points[1], int(g>>8)), append(points[2], int(b>>8))
		}
	}
	best, nearest := -1, 1<<30
	for window := range crowd {
		for shade := range 2 {
			d := 0
			for i, want := range hues(window, shade) {
				slices.Sort(points[i])
				d += square(points[i][len(points[i])/2] - want)
			}
			if d < nearest {
				best, nearest = window, d
			}
		}
	}
	return best
}

func square(n int) int { return n * n }

// witness is the one backend they all ask. It says in each answer whose picture, prompt, model, key and address it was given, and holds them
// against each other.
type witness struct {
	questions atomic.Int64
	mu        sync.Mutex
	mixed     []string
}

func (w *witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/models") {
		fmt.Fprint(rw, `{"data":[{"id":"model-0"}]}`)
		return
	}
	seen, err := w.marks(r)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	w.questions.Add(1)
	for _, mark := range seen {
		if !strings.HasPrefix(mark, seen[0][:2]) && mark != ":key" { // one that was killed has no key until it is entered again
			w.mu.Lock()
			w.mixed = append(w.mixed, strings.Join(seen, " "))
			w.mu.Unlock()
			break
		}
	}
	rw.Header().Set("Content-Type", "text/event-stream")
	for _, mark := range seen {
		fmt.Fprintf(rw, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\n", mark+" ")
		rw.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(time.Duration(rand.IntN(20)) * time.Millisecond): // a model takes its time, now less, now more
		}
	}
	fmt.Fprint(rw, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
}

// marks is whose the parts of a question are: each "N:" and what it is.
func (w *witness) marks(r *http.Request) ([]string, error) {
	var q struct {
		Model    string
		Messages []struct {
			Content []struct {
				Text  string
				Image struct{ URL string } `json:"image_url"`
			}
		}
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 8<<20)).Decode(&q); err != nil {
		return nil, err
	}
	var prompt, picture string
	for _, part := range q.Messages[len(q.Messages)-1].Content {
		prompt += part.Text
		picture += strings.TrimPrefix(part.Image.URL, "data:image/jpeg;base64,")
	}
	raw, err := base64.StdEncoding.DecodeString(picture)
	if err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(r.Host)
	address, _ := strconv.Atoi(host[strings.LastIndexByte(host, '.')+1:])
	return []string{
		fmt.Sprintf("%d:picture", whose(img)),
		fmt.Sprintf("%d:address", address-addressOf(0)),
		strings.TrimPrefix(q.Model, "model-") + ":model",
		strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer key-") + ":key",
		strings.TrimPrefix(prompt, "prompt-") + ":prompt",
	}, nil
}

// addressOf is the last part of the loopback address under which a window reaches the backend: each has an origin, and so a key, of its own.
func addressOf(window int) int { return 10 + window }

// TestNoWindowEverSeesWhatIsAnothers runs ten windows without their page, as processes of their own on the same settings, against one
// backend. They change prompt, model, key, source and pace at random; some are killed and started again.
func TestNoWindowEverSeesWhatIsAnothers(t *testing.T) {
	length := longEnough
	if s := os.Getenv("SIGHTLINE_ISOLATION"); s != "" {
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	w := &witness{}
	l, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())

	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	home := t.TempDir()
	var all sync.WaitGroup
	var answers, kills atomic.Int64
	for n := range crowd {
		all.Go(func() {
			for ctx.Err() == nil {
				got, killed := liveOnce(ctx, t, home, port, n)
				answers.Add(got)
				if killed {
					kills.Add(1)
				}
			}
		})
	}
	all.Wait()
	if len(w.mixed) > 0 {
		t.Errorf("%d questions were made of parts of several windows: %q", len(w.mixed), w.mixed[:min(3, len(w.mixed))])
	}
	if answers.Load() < crowd*enough || kills.Load() == 0 {
		t.Errorf("%d answers and %d kills in %v prove too little", answers.Load(), kills.Load(), length)
	}
	t.Logf("%d windows, %v: %d questions, %d answers seen by their window, %d kills", crowd, length, w.questions.Load(), answers.Load(), kills.Load())
}

// liveOnce is one life of a window: it is killed after a while, or ends with the test. It gives how many answers the window saw.
func liveOnce(ctx context.Context, t *testing.T, home, port string, n int) (answers int64, killed bool) {
	life, kill := context.WithTimeout(ctx, 5*time.Second+rand.N(30*time.Second))
	defer kill()
	child := exec.CommandContext(life, os.Args[0], "-test.run=^TestWindowWithoutItsPage$", "-test.v")
	child.Env = append(os.Environ(), "SIGHTLINE_WINDOW="+strconv.Itoa(n), "SIGHTLINE_HOME="+home, "SIGHTLINE_PORT="+port)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Error(err)
		return 0, false
	}
	if err := child.Start(); err != nil {
		t.Error(err)
		return 0, false
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "answer":
			answers++
		case strings.HasPrefix(line, "foreign"):
			t.Errorf("window %d: %s", n, line)
		}
	}
	err = child.Wait()
	if life.Err() == nil {
		t.Errorf("window %d ended by itself: %v", n, err)
	}
	return answers, ctx.Err() == nil
}
