package stats

import "context"

// errand is a call that may hang. It is waited for as long as a context lasts, and made again only once it has returned: in between, nobody waits,
// and one goroutine is left behind with it. What it brings late is handed in at the next look. It is used by one goroutine at a time.
type errand[T any] struct{ out chan T }

// run reports whether the call has brought something.
func (e *errand[T]) run(ctx context.Context, call func() T) (brought T, known bool) {
	if e.out != nil {
		return e.take()
	}
	out := make(chan T, 1)
	e.out = out
	go func() { out <- call() }()
	select {
	case brought = <-out:
		e.out = nil
		return brought, true
	case <-ctx.Done():
		return brought, false
	}
}

func (e *errand[T]) take() (brought T, known bool) {
	select {
	case brought = <-e.out:
		e.out = nil
		return brought, true
	default:
		return brought, false
	}
}
