package vision

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// untilIdle is how long the networks stay in memory without a question.
const untilIdle = 2 * time.Minute

// Config says where the networks are.
type Config struct {
	Dir  string        // the folder of runtime and models; empty: looked for where they are installed
	Idle time.Duration // how long they stay in memory without a question; 0: two minutes
}

// Engine holds the networks of a process: the runtime allows one. It may be used by many goroutines at once, and works for one at a time.
type Engine struct {
	dir  string
	idle time.Duration
	open func(library string) (runtime, error) // nil: this build cannot

	turn   chan struct{} // who has put something in here owns what follows
	nets   *networks     // nil: not loaded
	thread *thread       // where they are used; nil: not loaded
	last   *failure      // why they could not be loaded the last time; nil: they could, or nobody has tried

	mu    sync.Mutex // guards what follows
	rest  *time.Timer
	ended bool
}

// New is an engine that has loaded nothing yet. Close it.
func New(c Config) *Engine {
	idle := c.Idle
	if idle == 0 {
		idle = untilIdle
	}
	return &Engine{dir: c.Dir, idle: idle, open: opener(), turn: make(chan struct{}, 1)}
}

// Close lets go of the networks, once the question at work is answered. A question after it loads them again, for as long as it takes.
func (e *Engine) Close() {
	e.mu.Lock()
	e.ended = true
	if e.rest != nil {
		e.rest.Stop()
	}
	e.mu.Unlock()
	e.turn <- struct{}{}
	e.letGo()
	<-e.turn
}

// work waits for its turn, loads what is not loaded, and does what job says.
func (e *Engine) work(ctx context.Context, job func(*networks) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-e.turn }()
	e.stay()
	defer e.restSoon()
	nets, err := e.ready()
	if err != nil {
		return err
	}
	e.thread.do(func() { err = job(nets) })
	return e.judge(err)
}

// ready gives the networks. What could not be loaded is not tried again before its files have changed.
func (e *Engine) ready() (*networks, error) {
	if e.nets != nil {
		return e.nets, nil
	}
	if e.open == nil {
		return nil, unbuilt()
	}
	place := look(e.dir)
	if e.last != nil && e.last.state == place.state() {
		return nil, e.last.err
	}
	e.last = nil
	hired := newThread()
	var err error
	hired.do(func() { e.nets, err = place.load(e.open) })
	if err != nil {
		hired.end()
		return nil, e.fail(place, err)
	}
	e.thread = hired
	return e.nets, nil
}

// judge looks at what became of a job: where a network could not be loaded, or was another one than thought, all are let go of.
func (e *Engine) judge(err error) error {
	if err == nil || !isUnusable(err) {
		return err
	}
	place := e.nets.place
	e.letGo()
	return e.fail(place, err)
}

func (e *Engine) fail(place place, err error) error {
	e.last = &failure{err: err, state: place.state()}
	return err
}

// failure is why networks could not be loaded, and what their files looked like.
type failure struct {
	err   error
	state string
}

// stay keeps the networks while there is work; restSoon counts from its end.
func (e *Engine) stay() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rest != nil {
		e.rest.Stop()
	}
}

func (e *Engine) restSoon() {
	if e.counting() {
		return
	}
	e.letGo()
}

// counting begins to count, unless the engine is closed.
func (e *Engine) counting() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.ended:
		return false
	case e.nets == nil:
	case e.rest == nil:
		e.rest = time.AfterFunc(e.idle, e.forget)
	default:
		e.rest.Reset(e.idle)
	}
	return true
}

// forget lets go of the networks unless somebody is at work, who begins a rest of his own.
func (e *Engine) forget() {
	select {
	case e.turn <- struct{}{}:
		e.letGo()
		<-e.turn
	default:
	}
}

// letGo gives all memory back to the system: the runtime's own, and what Go kept of pictures and answers. It takes a few milliseconds.
func (e *Engine) letGo() {
	if e.nets == nil {
		return
	}
	e.thread.do(func() {
		e.nets.close()
		giveBackMemory()
	})
	e.thread.end()
	e.nets, e.thread = nil, nil
	debug.FreeOSMemory()
}
