package shared

import (
	"cmp"
	"context"
	"errors"
	"net"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// watch takes frames from the holder until there is no more of it. What it gives is final, a reason for Run to end, or only says that this
// holder is lost and another may come.
func (t *turn) watch(ctx context.Context) (final bool, err error) {
	dialling, cancel := context.WithDeadline(ctx, t.patience.until)
	conn, err := t.place.dial(dialling)
	cancel()
	if err != nil {
		return t.judge(ctx, silent(err))
	}
	defer conn.Close()
	defer afterwards(ctx, func() { _ = conn.Close() })() // which ends what waits below
	_ = conn.SetDeadline(t.patience.until)               // where that fails, so do reads
	if err := readGreeting(conn); err != nil {
		if errors.Is(err, &fault.Error{Code: CodeVersion}) {
			return true, err
		}
		return t.judge(ctx, silent(err))
	}
	t.viewed = true
	return t.listen(ctx, conn)
}

// listen takes in what the holder sends.
func (t *turn) listen(ctx context.Context, conn net.Conn) (final bool, err error) {
	in := reader{from: conn}
	for {
		_ = conn.SetDeadline(t.patience.until) // where that fails, so does the read
		m, err := in.next()
		if err != nil {
			if errors.Is(err, errGarbled) {
				t.garbage = unread(err)
			}
			return t.judge(ctx, stalled(err))
		}
		switch m.kind {
		case kindEnd:
			return true, m.err
		case kindOpening:
			t.patience.opens(time.Now())
		case kindFrame:
			t.take(m.frame)
		}
		_ = conn.SetDeadline(t.patience.until) // as above
		if _, err := conn.Write([]byte{taken}); err != nil {
			return t.judge(ctx, stalled(err))
		}
	}
}

// take hands a frame on. Its time is made of its age, which a busy machine stretches: never may it seem older than the one before it.
func (t *turn) take(f sight.Frame) {
	if !f.Captured.After(t.last) {
		f.Captured = t.last.Add(1)
	}
	t.last, t.garbage = f.Captured, nil
	t.put(f)
	t.patience.frame(time.Now()) // a put that dawdles is not the holder's silence
}

// judge says whether a lost holder is the end of it.
func (t *turn) judge(ctx context.Context, err error) (final bool, _ error) {
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	now := time.Now()
	if t.patience.over(now) {
		return true, cmp.Or(t.garbage, err)
	}
	t.patience.lost(now)
	return false, nil
}

// afterwards calls end when ctx ends. The function it gives takes that back, and has waited for end where it came too late.
func afterwards(ctx context.Context, end func()) (forget func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		end()
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}
