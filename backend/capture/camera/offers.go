package camera

import (
	"context"
	"sync"
	"time"
)

// offers is what cameras have said they offer, for as long as they stay attached. The zero value is ready.
type offers struct {
	mu    sync.Mutex
	known map[string]offer // by attached.key
}

type offer struct {
	stamp string
	modes []mode
}

func (o *offers) note(cam attached, modes []mode) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil {
		o.known = make(map[string]offer)
	}
	o.known[cam.key] = offer{cam.stamp, modes}
}

// of is what cam offers; false where that is not known, or was said before it was plugged in again.
func (o *offers) of(cam attached) ([]mode, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	known, ok := o.known[cam.key]
	return known.modes, ok && known.stamp == cam.stamp
}

// keep forgets all cameras but those that are attached.
func (o *offers) keep(found []attached) {
	o.mu.Lock()
	defer o.mu.Unlock()
	there := make(map[string]offer, len(found))
	for _, cam := range found {
		if known, ok := o.known[cam.key]; ok {
			there[cam.key] = known
		}
	}
	o.known = there
}

// survey asks the cameras that nobody has asked yet what they offer, all at once, and waits no longer than peekLimit. One that is in use here
// is left alone. A driver that hangs holds one goroutine and its own camera; that goes on by itself should the driver return.
func (m *machine) survey(ctx context.Context, found []attached) {
	m.offers.keep(found)
	var asked []<-chan struct{}
	for _, cam := range found {
		if _, known := m.offers.of(cam); known && !cam.fickle {
			continue
		}
		if look := m.claims.look(cam); look != nil {
			asked = append(asked, look.ended)
			go m.peek(cam, look)
		}
	}
	limit := time.NewTimer(peekLimit)
	defer limit.Stop()
	for _, ended := range asked {
		select {
		case <-ended:
		case <-limit.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// peek opens a camera and closes it again, which starts no capture and lights no lamp.
func (m *machine) peek(cam attached, look *claim) {
	defer look.release()
	d := cam.device()
	modes, err := d.modes()
	d.close()
	if err == nil {
		m.offers.note(cam, modes)
	}
}

// offered is what a person may choose from, with the rates that were measured where the driver tells none; first what is taken by itself.
func (m *machine) offered(cam attached) []mode {
	modes, _ := m.offers.of(cam)
	return offered(m.pace.known(cam.key, modes))
}
