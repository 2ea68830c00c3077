package recorder

import (
	"errors"
	"time"

	"sightline/backend/archive"
	"sightline/backend/mp4"
)

// reel is one file of video.
type reel struct {
	stream  *stream
	file    archive.File
	mp4     *mp4.Writer
	began   time.Time // its first picture
	pending []mp4.Sample
	bytes   int64
}

// fragment is how much video is written at once: with what waits meanwhile, less than two seconds are ever at risk.
const fragment = 500 * time.Millisecond

// Where a new file begins by itself. FAT, which many sticks have, ends at four gigabytes.
const (
	usualBytes = 3_500_000_000
	usualTime  = time.Hour
)

func newReel(file archive.File, s sample) (*reel, error) {
	st := s.stream
	w, err := mp4.NewWriter(file, mp4.Shape{Width: st.width, Height: st.height, SPS: st.sps, PPS: st.pps})
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &reel{stream: st, file: file, mp4: w, began: s.moment}, nil
}

// ends says whether a picture goes into a new file: it is of another kind, or a key, and this file is large or long enough.
func (r *reel) ends(s sample, o Options) bool {
	if s.stream != r.stream {
		return true
	}
	most, longest := o.SegmentBytes, o.SegmentTime
	if most <= 0 {
		most = usualBytes
	}
	if longest <= 0 {
		longest = usualTime
	}
	return s.key && (r.bytes >= most || s.moment.Sub(r.began) >= longest)
}

func (r *reel) filled(s sample) bool {
	return len(r.pending) > 0 && s.moment.Sub(r.began)-r.pending[0].At >= fragment
}

func (r *reel) add(s sample) {
	r.pending = append(r.pending, mp4.Sample{Data: s.data, At: s.moment.Sub(r.began), Key: s.key})
	r.bytes += int64(len(s.data))
}

// soon is when the last picture ends if none follows: it lasts as long as the one before it, and no longer than a fragment.
func (r *reel) soon() time.Duration {
	n := len(r.pending)
	if n == 0 {
		return 0
	}
	last, lasts := r.pending[n-1].At, fragment
	if n > 1 {
		lasts = min(last-r.pending[n-2].At, fragment)
	}
	return last + lasts
}

func (r *reel) flush(until time.Duration) error {
	if err := r.mp4.Fragment(r.pending, until); err != nil {
		return err
	}
	clear(r.pending)
	r.pending = r.pending[:0]
	return r.file.Sync()
}

func (r *reel) finish() error {
	err := r.mp4.Finish()
	if err == nil {
		err = r.file.Sync()
	}
	return errors.Join(err, r.file.Close())
}
