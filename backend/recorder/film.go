package recorder

import (
	"bytes"
	"context"
	"image"
	"time"

	"sightline/backend/archive"
	"sightline/backend/h264"
	"sightline/backend/sight"
)

// film lays the newest frame in the tray, over and over, in a goroutine of its own: the camera's own video where it sends any (own.go), and
// encoded otherwise. It reads the slot as every reader does, so that it holds up nobody: a frame that comes while one is encoded is missed, and
// counted.
type film struct {
	r      *Recorder
	cancel context.CancelFunc
	done   chan struct{}

	seen    uint64 // number of the last frame looked at
	clock   clock
	cadence cadence

	encoder *h264.Encoder // nil until a frame comes, and after one that could not be encoded
	stream  *stream
	began   time.Time // of the stream
	refused refusal

	group      group   // the camera's own video, since its last key
	own        *stream // of the camera's own video
	owned      *tray   // the one in which the newest picture is the camera's own
	disorderly []byte  // the parameter set of a stream whose pictures come in another order than they are shown in
}

// refusal is what the encoder does not take: it is tried again with another shape, or in another recording.
type refusal struct {
	shape shape
	tray  *tray
}

// shape is what successive frames must have in common to go into one stream.
type shape struct {
	width, height int
	source        string
}

// startFilm begins with a frame, where that has the camera's own video, and otherwise with the newest one there will be.
func startFilm(r *Recorder, first sight.Frame) *film {
	ctx, cancel := context.WithCancel(context.Background())
	f := &film{r: r, cancel: cancel, done: make(chan struct{})}
	go f.run(ctx, first)
	return f
}

// stop ends the film. It waits for the picture that is being encoded, and for nothing else.
func (f *film) stop() {
	f.cancel()
	<-f.done
}

func (f *film) run(ctx context.Context, first sight.Frame) {
	defer close(f.done)
	defer f.cut()
	if first.Coded != nil {
		f.look(first)
	}
	for {
		frame, err := f.r.c.Latest.After(ctx, f.seen)
		if err != nil {
			return
		}
		f.look(frame)
	}
}

// look lays a frame in the tray where somebody wants it, and encodes it for that only where it has to.
func (f *film) look(frame sight.Frame) {
	passed := uint64(1)
	if f.seen > 0 && frame.Number > f.seen {
		passed = frame.Number - f.seen
	}
	f.seen = frame.Number
	fresh := f.follow(frame)
	moment := f.moment(frame)
	f.cadence.add(moment)
	if frame.Coded != nil && f.keepOwn(moment, fresh, passed) {
		return
	}
	f.encode(frame, moment, passed-1)
}

// encode encodes a frame where somebody wants it.
func (f *film) encode(frame sight.Frame, moment time.Time, missed uint64) {
	o := f.r.order(moment, missed)
	if !o.wanted {
		return
	}
	width, height := frame.Picture.Size()
	now := shape{width &^ 1, height &^ 1, o.source.URI}
	if f.refused == (refusal{now, o.tray}) {
		return
	}
	planes, err := frame.Picture.Planes()
	if err != nil {
		f.r.miss() // one broken picture is nothing to speak of
		return
	}
	if err := f.shoot(planes, moment, now, o); err != nil {
		f.cut()
		f.refused = refusal{now, o.tray}
		f.r.spoil(o.tray, err)
	}
}

// shoot encodes a picture and lays it in the tray.
func (f *film) shoot(planes *image.YCbCr, moment time.Time, s shape, o order) error {
	if err := f.load(s, moment, o.source); err != nil {
		return err
	}
	unit, err := f.encoder.Encode(even(planes, s), moment.Sub(f.began), o.key)
	if err != nil {
		return unfilmed(err)
	}
	if unit.Key {
		f.name(unit, s, o.source)
	}
	f.owned, f.group.laid = nil, nil
	f.r.keep(sample{data: unit.Data, moment: moment, key: unit.Key, stream: f.stream}, o.tray)
	return nil
}

// load has an encoder ready for frames of this shape.
func (f *film) load(s shape, moment time.Time, source archive.Source) error {
	if f.encoder != nil && s == f.shape() {
		return nil
	}
	f.cut()
	if s.width < smallest || s.height < smallest {
		return tooSmall(s)
	}
	fps := f.cadence.fps()
	encoder, err := h264.NewEncoder(h264.Config{Width: s.width, Height: s.height, FPS: fps, BitsPerSecond: bitsPerSecond(s.width, s.height, fps)})
	if err != nil {
		return unfilmed(err)
	}
	f.encoder, f.began = encoder, moment
	f.stream = &stream{width: s.width, height: s.height, source: source}
	return nil
}

func (f *film) shape() shape {
	return shape{f.stream.width, f.stream.height, f.stream.source.URI}
}

// name gives the stream the parameter sets of its key. Other ones than before are another stream, which needs a file of its own.
func (f *film) name(u h264.Unit, s shape, source archive.Source) {
	if bytes.Equal(f.stream.sps, u.SPS) && bytes.Equal(f.stream.pps, u.PPS) {
		return
	}
	f.stream = &stream{width: s.width, height: s.height, source: source, sps: u.SPS, pps: u.PPS}
}

// cut ends the stream.
func (f *film) cut() {
	if f.encoder != nil {
		f.encoder.Close()
		f.encoder = nil
	}
}

// even is a picture without the last column or row that makes its size odd: H.264 halves the colours.
func even(img *image.YCbCr, s shape) *image.YCbCr {
	if img.Rect.Dx() == s.width && img.Rect.Dy() == s.height {
		return img
	}
	cut, ok := img.SubImage(image.Rectangle{img.Rect.Min, img.Rect.Min.Add(image.Pt(s.width, s.height))}).(*image.YCbCr)
	if !ok {
		return img
	}
	return cut
}

// order is what the recorder wants of a frame.
type order struct {
	wanted bool
	key    bool
	source archive.Source
	tray   *tray
}

// order says whether a frame is wanted. While the tray is full it is not, and is counted with the frames that were missed before it: the
// stream has a gap there, and stays whole, since the encoder never saw it.
func (r *Recorder) order(moment time.Time, missed uint64) order {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tray
	if t == nil || moment.Before(t.from) {
		return order{}
	}
	if t.full() {
		missed++
	}
	r.missedLocked(missed)
	return order{wanted: !t.full(), key: !t.begun, source: r.wish.about.Source, tray: t}
}

func (r *Recorder) missedLocked(n uint64) {
	if r.writingLocked() != nil {
		r.state.Missed += n
	}
}

func (r *Recorder) miss() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missedLocked(1)
}

// keep lays a sample in the tray it was made for, unless that is not wanted any more.
func (r *Recorder) keep(s sample, t *tray) {
	r.mu.Lock()
	mine := r.tray == t && !s.moment.Before(t.from) && (s.key || t.begun)
	if mine {
		t.add(s)
	}
	before := t.tape == nil
	r.mu.Unlock()
	if mine && before {
		r.grown()
	}
}

// spoil says that there will be no video of what is shown now. A recording of nothing else ends; any other goes on without it.
func (r *Recorder) spoil(from *tray, why error) {
	r.mu.Lock()
	t := r.writingLocked()
	if r.tray != from || t == nil {
		r.mu.Unlock()
		return
	}
	alone := !t.options.Parts.Answers
	if alone {
		r.failLocked(why)
	}
	r.mu.Unlock()
	if !alone {
		r.c.Notify(why)
	}
}
