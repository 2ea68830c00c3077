package load

import (
	"context"
	"errors"
	"net/http"
	"time"
)

const (
	lookLimit = 2 * time.Second

	// Looks that come closer together than this are one: the page's and Prometheus'.
	together = 50 * time.Millisecond

	// Models come and go seldom, and Ollama reads its list of them without a lock.
	betweenModels = time.Second

	// When a server is asked again that did not tell anything: soon where it could not just now, and much later where it does not know how.
	soonest = 3 * time.Second
	latest  = 30 * time.Second
	aWhile  = 5 * time.Minute

	// So many looks in a row may fail until a server that told is taken for one that tells nothing any more: four minutes' worth.
	benefit = 10
)

// Reader asks one server. Its methods may be called by any goroutine.
type Reader struct {
	host  string
	fetch Fetch
	turn  chan struct{} // holds one token while somebody looks; who has put it there owns all below

	reading *reading
	counts  counts
	way     func(ctx context.Context) answer // by which the server told last; nil: none yet

	newest *Load
	rest   time.Time // until then the newest is good
	told   bool      // and may tell again
	failed int       // looks in a row
}

// answer is what came of asking one way.
type answer struct {
	load  *Load
	good  time.Duration // for so long
	cause cause         // why there is no load
}

// cause is why a server told nothing.
type cause int

const (
	tellsNothing cause = iota // it answered, and will not say more for a while
	notNow                    // it is not there, or not well
	silent                    // it did not answer in time
)

// New has asked nothing yet. host is the Host of what is read.
func New(host string, fetch Fetch) *Reader {
	return &Reader{host: host, fetch: fetch, turn: make(chan struct{}, 1), reading: newReading()}
}

// Read is one look; nil where the server tells nothing of itself, which is remembered for a while so that it is not asked in vain. It ends by
// ctx, and within two seconds. One looks at a time, and who comes meanwhile gets what that one has found. Nobody may change what Read gives.
func (r *Reader) Read(ctx context.Context) *Load {
	limited, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-limited.Done():
		return nil
	}
	if time.Now().Before(r.rest) {
		return r.newest
	}
	found := r.look(limited)
	if found.load == nil && ctx.Err() != nil {
		return nil // nobody waits any more, which says nothing of the server
	}
	r.keep(found)
	return r.newest
}

// look asks the way that is known, else each there is.
func (r *Reader) look(ctx context.Context) answer {
	if r.way != nil {
		return r.way(ctx)
	}
	worst := answer{cause: tellsNothing}
	for _, way := range []func(context.Context) answer{r.metrics, r.models} {
		found := way(ctx)
		if found.load != nil {
			r.way = way
			return found
		}
		worst.cause = max(worst.cause, found.cause)
	}
	return worst
}

// keep remembers what was found, and when to look again. A server that told once may be starting anew.
func (r *Reader) keep(found answer) {
	r.newest = found.load
	switch {
	case found.load != nil:
		r.told, r.failed = true, 0
		r.rest = time.Now().Add(found.good)
	case found.cause == notNow, r.told && r.failed < benefit:
		r.way = nil
		r.rest = time.Now().Add(min(soonest<<min(r.failed, benefit), latest))
		r.failed++
	default:
		r.way, r.told, r.failed = nil, false, 0
		r.rest = time.Now().Add(aWhile)
	}
}

// metrics asks the way of Prometheus.
func (r *Reader) metrics(ctx context.Context) answer {
	body, cause := r.get(ctx, "/metrics")
	at := time.Now()
	told, k := r.reading.read(body)
	if k == nil {
		return answer{cause: cause}
	}
	r.counts.add(told.counted(k, at), k.over)
	return answer{load: r.loadOf(told, k), good: together}
}

func (r *Reader) loadOf(told samples, k *kind) *Load {
	l := &Load{
		Server: k.name, Host: r.host,
		Running: told.sum(k.running), Waiting: told.sum(k.waiting), Cache: told.percent(k.cache),
		PromptRate:     r.counts.rate(k.digits, func(c count) counter { return c.prompt }),
		GenerationRate: r.counts.rate(k.digits, func(c count) counter { return c.generation }),
		Models:         told.models(k.all()),
	}
	last := r.counts[len(r.counts)-1]
	if last.prompt.name == "" {
		l.PromptRate = told.sum(k.promptSpeed)
	}
	if last.generation.name == "" {
		l.GenerationRate = told.sum(k.generationSpeed)
	}
	return l
}

// models asks the way of Ollama.
func (r *Reader) models(ctx context.Context) answer {
	body, cause := r.get(ctx, "/api/ps")
	l := ollama(body)
	if l == nil {
		return answer{cause: cause}
	}
	l.Host = r.host
	return answer{load: l, good: betweenModels}
}

// get is the server's answer, or why there is none.
func (r *Reader) get(ctx context.Context, path string) ([]byte, cause) {
	status, body, err := r.fetch(ctx, path)
	switch {
	case errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
		return nil, silent
	case err != nil, status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return nil, notNow
	case status != http.StatusOK:
		return nil, tellsNothing
	}
	return body, tellsNothing
}
