// Package recent keeps the newest answers of a window with the very pictures they are about.
package recent

import (
	"context"
	"slices"
	"sync"

	"sightline/backend/sight"
)

// Bounds of what is kept. Texts are bounded by the askers, at 64 KiB each.
const (
	maxRows    = 500
	maxBytes   = 64 << 20 // of pictures and exchanges; the oldest go first, their rows stay
	maxQueue   = 64       // pictures waiting to be encoded; the oldest is dropped
	maxPending = 4        // questions in flight: a session has one
)

// How a picture that was never sent as a JPEG is kept: pixels, and JPEG quality.
const (
	keptEdge    = 640
	keptQuality = 80
)

// Answers is a sink of observations and an http.Handler for their pictures. Run must be running for pictures to be kept that came without a
// JPEG; until it is, a few wait. It may be used by many goroutines at once.
type Answers struct {
	session string
	wake    chan struct{} // holds one token while the queue may be filled
	places  chan struct{} // one for each thumbnail being made

	mu      sync.Mutex
	rows    []*row // oldest first
	bySeq   map[uint64]*row
	pending []pending // oldest first
	queue   []*row    // pictures to be encoded, oldest first
	bytes   int       // held by all rows
	dropped uint64    // pictures the queue had no room for
}

// row is one observation with its picture, in one of three states: to be encoded (picture), kept (jpeg), or gone.
type row struct {
	observation sight.Observation // without pictures, but for Answer.Image
	picture     *sight.Picture
	jpeg        []byte
}

// pending is a question in flight.
type pending struct {
	seq     uint64
	picture *sight.Picture
}

// New keeps the answers of the session with this id.
func New(session string) *Answers {
	return &Answers{
		session: session,
		wake:    make(chan struct{}, 1),
		places:  make(chan struct{}, maxThumbs),
		bySeq:   make(map[uint64]*row),
	}
}

// Run encodes the pictures that came without a JPEG, until ctx ends; it gives ctx's error. One Run at a time.
func (a *Answers) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.wake:
			a.encodeAll(ctx)
		}
	}
}

// Asked notes that the question seq about f is in flight, so that its thumbnail can be shown. Observe ends that. It returns at once.
func (a *Answers) Asked(seq uint64, f sight.Frame) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.pending) == maxPending {
		a.pending = slices.Delete(a.pending, 0, 1)
	}
	a.pending = append(a.pending, pending{seq, f.Picture})
}

// Observe keeps o if it was sent, or failed; it lets go of o's frame as soon as its picture is a JPEG. It returns at once.
func (a *Answers) Observe(o sight.Observation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pending = slices.DeleteFunc(a.pending, func(p pending) bool { return p.seq == o.Seq })
	if o.Answer.Sent.IsZero() && o.Outcome != sight.Failed {
		return
	}
	a.addLocked(rowOf(o))
	a.trimLocked()
}

// Rows is what is kept, newest first. Frames come without their pictures; Answer.Image keeps its JPEG while that is held.
func (a *Answers) Rows() []sight.Observation {
	a.mu.Lock()
	defer a.mu.Unlock()
	rows := make([]sight.Observation, 0, len(a.rows))
	for _, r := range slices.Backward(a.rows) {
		rows = append(rows, r.observation)
	}
	return rows
}

// Exchange is the raw talk of the question seq; false where there was none, or it is no longer kept.
func (a *Answers) Exchange(seq uint64) (*sight.Exchange, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.bySeq[seq]
	if r == nil || r.observation.Answer.Exchange == nil {
		return nil, false
	}
	return r.observation.Answer.Exchange, true
}

// Dropped counts the pictures that were given up because too many waited to be encoded.
func (a *Answers) Dropped() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.dropped
}

func rowOf(o sight.Observation) *row {
	r := &row{observation: o, jpeg: o.Answer.Image.JPEG}
	if r.jpeg == nil {
		r.picture = o.Frame.Picture
	}
	r.observation.Frame.Picture = nil
	r.observation.Question.Frame.Picture = nil
	return r
}

// size is what a row holds beside its words, in bytes.
func (r *row) size() int {
	n := len(r.jpeg)
	if e := r.observation.Answer.Exchange; e != nil {
		n += len(e.Request) + len(e.Response)
	}
	return n
}

// strip lets go of all that size counts.
func (r *row) strip() {
	r.picture, r.jpeg = nil, nil
	r.observation.Answer.Image.JPEG = nil
	r.observation.Answer.Exchange = nil
}

func (a *Answers) addLocked(r *row) {
	a.rows = append(a.rows, r)
	a.bySeq[r.observation.Seq] = r
	a.bytes += r.size()
	if r.picture != nil {
		a.enqueueLocked(r)
	}
}

func (a *Answers) enqueueLocked(r *row) {
	if len(a.queue) == maxQueue {
		a.queue[0].picture = nil
		a.queue = slices.Delete(a.queue, 0, 1)
		a.dropped++
	}
	a.queue = append(a.queue, r)
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// trimLocked forgets the oldest rows beyond their number, then strips the oldest beyond their bytes; the newest is always whole.
func (a *Answers) trimLocked() {
	for len(a.rows) > maxRows {
		oldest := a.rows[0]
		a.rows = slices.Delete(a.rows, 0, 1)
		a.bytes -= oldest.size()
		oldest.strip()
		if seq := oldest.observation.Seq; a.bySeq[seq] == oldest {
			delete(a.bySeq, seq)
		}
	}
	for i := 0; a.bytes > maxBytes && i < len(a.rows)-1; i++ {
		a.bytes -= a.rows[i].size()
		a.rows[i].strip()
	}
}

func (a *Answers) encodeAll(ctx context.Context) {
	for ctx.Err() == nil {
		r, picture := a.dequeue()
		if r == nil {
			return
		}
		if picture != nil {
			encoded, _ := picture.JPEG(keptEdge, keptQuality) // a picture that cannot be read is one that is gone
			a.keep(r, encoded.JPEG)
		}
	}
}

// dequeue takes the next row; its picture is nil when the row was stripped while it waited.
func (a *Answers) dequeue() (*row, *sight.Picture) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.queue) == 0 {
		return nil, nil
	}
	r := a.queue[0]
	a.queue = slices.Delete(a.queue, 0, 1)
	return r, r.picture
}

func (a *Answers) keep(r *row, jpeg []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.picture == nil {
		return // stripped meanwhile
	}
	r.picture, r.jpeg = nil, jpeg
	a.bytes += len(jpeg)
	a.trimLocked()
}
