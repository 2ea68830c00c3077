package recorder

import (
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// How a picture that was never sent as a JPEG is kept, where its question does not say.
const (
	keptEdge    = 640
	keptQuality = 80
)

// lean is an outcome without what is not recorded, so that no picture is held that nobody looks at.
func lean(o sight.Observation, parts archive.Parts) sight.Observation {
	if !parts.Frames || o.Answer.Sent.IsZero() || o.Answer.Image.JPEG != nil {
		o.Frame.Picture = nil
	}
	o.Question.Frame = sight.Frame{}
	o.Answer.Exchange = nil
	return o
}

// noteOf makes an outcome ready to be written. It may take as long as a picture takes to be encoded.
func noteOf(h heard, parts archive.Parts) note {
	n := note{
		Entry:    archive.Entry{Line: h.Line(), Prompt: h.Question.Prompt, System: h.Question.System},
		captured: h.Frame.Captured,
		counted:  h.of != nil,
	}
	if parts.Frames && !h.Answer.Sent.IsZero() {
		n.picture = pictureOf(h.Observation)
	}
	return n
}

// pictureOf is what was sent, byte for byte; for an asker that looks at pixels, the frame in the size it looked at. A picture that cannot be
// read is none.
func pictureOf(o sight.Observation) []byte {
	if o.Answer.Image.JPEG != nil || o.Frame.Picture == nil {
		return o.Answer.Image.JPEG
	}
	edge, quality := o.Question.ImageEdge, o.Question.ImageQuality
	if edge <= 0 {
		edge = keptEdge
	}
	if quality <= 0 {
		quality = keptQuality
	}
	e, err := o.Frame.Picture.JPEG(edge, quality)
	if err != nil {
		return nil
	}
	return e.JPEG
}

// sort makes what was heard ready and lays it in the tray. It runs in the director, so that Observe returns at once and a slow disk holds no
// pictures in memory.
func (r *Recorder) sort() {
	for {
		h, parts, ok := r.nextHeard()
		if !ok {
			return
		}
		n := noteOf(h, parts)
		r.mu.Lock()
		if r.tray != nil && r.tray.tape == h.of || r.tray != nil && h.of == nil {
			r.tray.tell(n)
		}
		r.mu.Unlock()
	}
}

func (r *Recorder) nextHeard() (heard, archive.Parts, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.heard) == 0 {
		return heard{}, archive.Parts{}, false
	}
	h := r.heard[0]
	r.heard[0] = heard{}
	if r.heard = r.heard[1:]; len(r.heard) == 0 {
		r.heard = nil
	}
	parts := r.wish.options.Parts
	if t := r.writingLocked(); t != nil {
		parts = t.options.Parts
	}
	return h, parts, true
}

// atMS is a moment of a recording as an Entry has it.
func atMS(at time.Duration) float64 { return *sight.Milliseconds(at) }
