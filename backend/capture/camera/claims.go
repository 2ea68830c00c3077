package camera

import (
	"context"
	"sync"
	"time"
)

// claims is who uses which camera in this process. The zero value is ready.
type claims struct {
	mu   sync.Mutex
	held map[string]*claim // by attached.key
}

// claim is one use of one camera. It lasts until the last call into the camera's driver has come back, which may be after Run.
type claim struct {
	claims *claims
	key    string
	looks  bool          // it only asks what the camera offers, and is soon over
	ended  chan struct{} // closed when it is over
	hung   bool          // guarded by claims.mu
}

// claim refuses a camera that is in use, or has a driver call that does not come back. For one that is only looked at it waits.
func (c *claims) claim(ctx context.Context, cam attached) (*claim, error) {
	limit := time.NewTimer(peekLimit)
	defer limit.Stop()
	for {
		own, other := c.take(cam, false)
		if own != nil {
			return own, nil
		}
		if !other.looks {
			return nil, c.refusal(cam, other)
		}
		select {
		case <-other.ended:
		case <-limit.C:
			other.abandon()
			return nil, c.refusal(cam, other)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// look is a claim to ask a camera what it offers; nil where it is in use.
func (c *claims) look(cam attached) *claim {
	own, _ := c.take(cam, true)
	return own
}

func (c *claims) take(cam attached, looks bool) (own, other *claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.held[cam.key]; other != nil {
		return nil, other
	}
	if c.held == nil {
		c.held = make(map[string]*claim)
	}
	own = &claim{claims: c, key: cam.key, looks: looks, ended: make(chan struct{})}
	c.held[cam.key] = own
	return own, nil
}

func (c *claims) refusal(cam attached, other *claim) error {
	if n := c.hungWith(other); n > 0 {
		return hung(cam.label(), n)
	}
	return busy(cam, nil)
}

// hungWith is how many claims hang where this one does; 0 where it does not.
func (c *claims) hungWith(one *claim) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !one.hung {
		return 0
	}
	n := 0
	for _, held := range c.held {
		if held.hung {
			n++
		}
	}
	return max(1, n) // it may have come back in this very moment
}

// abandon says that nobody waits for the driver any more.
func (c *claim) abandon() {
	c.claims.mu.Lock()
	defer c.claims.mu.Unlock()
	c.hung = true
}

// release gives the camera back.
func (c *claim) release() {
	c.claims.mu.Lock()
	defer c.claims.mu.Unlock()
	delete(c.claims.held, c.key)
	close(c.ended)
}
