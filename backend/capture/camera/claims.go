package camera

import "sync"

// claims is who uses which camera in this process. The zero value is ready.
type claims struct {
	mu   sync.Mutex
	held map[string]*claim // by attached.key
}

// claim is one use of one camera. It lasts until the last call into the camera's driver has come back, which may be after Run.
type claim struct {
	claims *claims
	key    string
	hung   bool // guarded by claims.mu
}

// claim refuses a camera that is in use, or has a driver call that does not come back.
func (c *claims) claim(cam attached) (*claim, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.held[cam.key]; other != nil {
		if other.hung {
			return nil, hung(cam.name, c.hungLocked())
		}
		return nil, busy(cam.name, nil)
	}
	if c.held == nil {
		c.held = make(map[string]*claim)
	}
	held := &claim{claims: c, key: cam.key}
	c.held[cam.key] = held
	return held, nil
}

func (c *claims) hungLocked() int {
	n := 0
	for _, held := range c.held {
		if held.hung {
			n++
		}
	}
	return n
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
}
