package replay

import (
	"encoding/binary"
	"errors"
	"slices"

	"sightline/backend/archive"
	"sightline/backend/ffmpeg"
)

// unit reads samples as ffmpeg takes them, in memory that it uses again.
type unit struct {
	video  *archive.Video
	going  bool // a key has come, and nothing has been missing since
	data   []byte
	stream []byte // the parameter sets, and the picture
	sets   int    // bytes of the former
}

// read is sample i as a part of a stream: with the parameter sets before a key, and a mark behind each picture. Nothing is given that builds on
// something that could not be read.
func (u *unit) read(i int) ([]byte, error) {
	key, err := u.parse(i)
	u.going = err == nil && (key || u.going)
	switch {
	case err != nil:
		return nil, err
	case !u.going:
		return nil, errors.New("no key to begin with")
	case key:
		return u.stream, nil
	}
	return u.stream[u.sets:], nil
}

func (u *unit) parse(i int) (key bool, err error) {
	span := u.video.Samples[i]
	u.data = slices.Grow(u.data[:0], span.Size)[:span.Size]
	if _, err := u.video.File.ReadAt(u.data, span.Offset); err != nil {
		return false, err
	}
	u.stream = withStart(withStart(u.stream[:0], u.video.SPS), u.video.PPS)
	u.sets = len(u.stream)
	u.stream, key, err = pictureOf(u.stream, u.data)
	u.stream = append(u.stream, ffmpeg.H264End()...)
	return key, err
}

// Kinds of NAL units, ITU-T H.264, table 7-1.
const (
	nalSlice    = 1
	nalKeySlice = 5 // IDR
)

// pictureOf appends the slices of a sample to stream, and says whether they are those of a key. What is no slice is left out: parameter sets above
// all, which would make another stream of this one.
func pictureOf(stream, sample []byte) (_ []byte, key bool, err error) {
	before := len(stream)
	for len(sample) > 0 {
		if len(sample) < 4 {
			return stream, false, errLengths
		}
		n := uint64(binary.BigEndian.Uint32(sample))
		if n == 0 || n > uint64(len(sample)-4) {
			return stream, false, errLengths
		}
		nal := sample[4 : 4+n]
		sample = sample[4+n:]
		if kind := nal[0] & 31; kind == nalSlice || kind == nalKeySlice {
			key = key || kind == nalKeySlice
			stream = withStart(stream, nal)
		}
	}
	if len(stream) == before {
		return stream, false, errors.New("no slice")
	}
	return stream, key, nil
}

var errLengths = errors.New("the lengths of the units do not add up")

func withStart(stream, nal []byte) []byte {
	return append(append(stream, 0, 0, 0, 1), nal...)
}
