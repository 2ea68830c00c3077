package capturetest

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"image"
	"strings"
	"sync"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/local/localtest"
	"sightline/backend/sight"
)

// promise is one thing every source keeps. Its check gives what is wrong, so that the suite can itself be tried on sources that break it.
type promise struct {
	name  string
	check func(Case) error
}

func promises() []promise {
	return []promise{
		{"FramesAreStampedAndUncounted", framesInOrder},
		{"SizeIsConstantAndPlanesDecode", sizeAndPlanes},
		{"NoFrameChangesAfterPublishing", framesStay},
		{"CancelledBeforeTheStart", cancelledBefore},
		{"CancelledBeforeTheFirstFrame", cancelledEarly},
		{"CancelledInMidRead", cancelledInMidRead},
		{"ADeadlineEndsItToo", deadline},
		{"RunsAgain", runsAgain},
		{"NoGoroutineIsLeft", noGoroutineLeft},
		{"KeepsItsRate", keepsRate},
	}
}

func framesInOrder(c Case) error {
	v := view(context.Background(), c.Open())
	_, err := v.wait(10, c.Patience)
	return errors.Join(v.stop(c.Grace), err)
}

func sizeAndPlanes(c Case) error {
	v := view(context.Background(), c.Open())
	frames, err := v.wait(5, c.Patience)
	if err = errors.Join(v.stop(c.Grace), err); err != nil {
		return err
	}
	w, h := frames[0].Picture.Size()
	if c.Width != 0 && (w != c.Width || h != c.Height) {
		return fmt.Errorf("pictures are %dx%d; want %dx%d", w, h, c.Width, c.Height)
	}
	for i, f := range frames {
		if err := planesAre(f.Picture, w, h); err != nil {
			return fmt.Errorf("frame %d: %w", i, err)
		}
	}
	return nil
}

func planesAre(p *sight.Picture, w, h int) error {
	if gotW, gotH := p.Size(); gotW != w || gotH != h {
		return fmt.Errorf("%dx%d pixels after %dx%d", gotW, gotH, w, h)
	}
	img, err := p.Planes()
	if err != nil {
		return err
	}
	if img.Rect != image.Rect(0, 0, w, h) {
		return fmt.Errorf("planes of %v for %dx%d pixels", img.Rect, w, h)
	}
	return nil
}

// framesStay looks at several frames at once, lets the source go on, and looks at them again.
func framesStay(c Case) error {
	v := view(context.Background(), c.Open())
	looked, err := lookTwice(v, c.Patience)
	return errors.Join(v.stop(c.Grace), err, looked)
}

func lookTwice(v *viewing, patience time.Duration) (changed, err error) {
	const some = 6
	frames, err := v.wait(some, patience)
	if err != nil {
		return nil, err
	}
	seed := maphash.MakeSeed()
	before := hashAll(frames[:some], seed)
	if _, err := v.wait(some+10, patience); err != nil {
		return nil, err
	}
	for i, sum := range hashAll(frames[:some], seed) {
		if sum != before[i] {
			return fmt.Errorf("frame %d was changed after it was published", i), nil
		}
	}
	return nil, nil
}

// hashAll looks at all frames at the same time, each from two goroutines.
func hashAll(frames []sight.Frame, seed maphash.Seed) []uint64 {
	sums := make([]uint64, len(frames))
	var all sync.WaitGroup
	for i, f := range frames {
		all.Go(func() { sums[i] = hash(f.Picture, seed) })
		all.Go(func() { hash(f.Picture, seed) })
	}
	all.Wait()
	return sums
}

// hash sums what the source delivered: the planes are decoded copies where that was JPEG.
func hash(p *sight.Picture, seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.Write(p.Source())
	if img, err := p.Planes(); err == nil {
		h.Write(img.Y)
		h.Write(img.Cb)
		h.Write(img.Cr)
	}
	return h.Sum64()
}

func cancelledBefore(c Case) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v := view(ctx, c.Open())
	return v.end(context.Canceled, c.Grace)
}

// cancelledEarly cancels at some moments while the source is being opened.
func cancelledEarly(c Case) error {
	src := c.Open()
	for _, after := range []time.Duration{0, time.Millisecond, 20 * time.Millisecond} {
		v := view(context.Background(), src)
		time.Sleep(after)
		if err := v.stop(c.Grace); err != nil {
			return fmt.Errorf("cancelled after %v: %w", after, err)
		}
	}
	return nil
}

// cancelledInMidRead cancels right after a frame: the source is then waiting for the next one.
func cancelledInMidRead(c Case) error {
	v := view(context.Background(), c.Open())
	_, err := v.wait(3, c.Patience)
	return errors.Join(v.stop(c.Grace), err)
}

func deadline(c Case) error {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	v := view(ctx, c.Open())
	return v.end(context.DeadlineExceeded, 200*time.Millisecond+c.Grace)
}

func runsAgain(c Case) error {
	src := c.Open()
	for i := range 3 {
		v := view(context.Background(), src)
		_, err := v.wait(2, c.Patience)
		if err := errors.Join(v.stop(c.Grace), err); err != nil {
			return fmt.Errorf("run %d: %w", i+1, err)
		}
	}
	return nil
}

func noGoroutineLeft(c Case) error {
	before := append(localtest.Lasting(), goleak.IgnoreCurrent())
	return errors.Join(runsAgain(c), cancelledEarly(c), goleak.Find(before...))
}

// keepsRate tries several times: a busy machine may steal from one look, while a source that is wrong is wrong each time.
func keepsRate(c Case) error {
	if c.FPS == 0 {
		return nil
	}
	var err error
	for range 6 {
		if err = measureRate(c); err == nil {
			return nil
		}
	}
	return err
}

func measureRate(c Case) error {
	v := view(context.Background(), c.Open())
	_, err := v.wait(1+int(c.FPS*c.Measure.Seconds()), c.Measure+c.Patience)
	if err := errors.Join(v.stop(c.Grace), err); err != nil {
		return err
	}
	if got := v.rate(); !within(got, c.FPS) {
		return fmt.Errorf("%.2f frames a second; want %.2f within 5%%", got, c.FPS)
	}
	return nil
}

func missing(src capture.Source, code string) error {
	before := append(localtest.Lasting(), goleak.IgnoreCurrent())
	v := view(context.Background(), src)
	if err := v.end(nil, 10*time.Second); err != nil {
		return err
	}
	if _, count, _ := v.now(); count > 0 {
		return fmt.Errorf("%d frames came from what is missing", count)
	}
	return errors.Join(readable(v.err, code, fault.Source), goleak.Find(before...))
}

// readable checks that err is a fault with this code and is fit for a person.
func readable(err error, code string, blame fault.Blame) error {
	var f *fault.Error
	switch {
	case !errors.As(err, &f) || f.Code != code:
		return fmt.Errorf("ended with %v (%s, %v); want the fault %s", err, fault.CodeOf(err), errors.Unwrap(err), code)
	case !isSentence(f.Message) || !isSentence(f.Hint):
		return fmt.Errorf("%s: want a message and a hint, each a sentence; got %q and %q", code, f.Message, f.Hint)
	case f.Blame != blame:
		return fmt.Errorf("%s blames %q; want %q", code, f.Blame, blame)
	case strings.Contains(fmt.Sprint(f.Message, f.Hint, f.Cause), Secret):
		return fmt.Errorf("%s tells what is secret: %q, %q, %v", code, f.Message, f.Hint, f.Cause)
	}
	return nil
}

func isSentence(s string) bool {
	return len(s) > 1 && strings.HasSuffix(s, ".") && !strings.ContainsAny(s, "\r\n")
}
