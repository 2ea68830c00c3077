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
	video *archive.Video
	going bool // a key has come, and nothing has been missing since

	data, picture, stream []byte
}

// read is sample i as a part of a stream: with the parameter sets before a key. A mark in front says that the picture before it is complete; one
// behind the last would be an error to ffmpeg. Nothing is given that builds on something that could not be read.
func (u *unit) read(i int) ([]byte, error) {
	span := u.video.Samples[i]
	u.data = slices.Grow(u.data[:0], span.Size)[:span.Size]
	_, err := u.video.File.ReadAt(u.data, span.Offset)
	key := false
	if err == nil {
		u.picture, key, err = pictureOf(u.picture[:0], u.data)
	}
	u.going = err == nil && (key || u.going)
	switch {
	case err != nil:
		return nil, err
	case !u.going:
		return nil, errors.New("no key to begin with")
	}
	u.stream = append(u.stream[:0], ffmpeg.H264End()...)
	if key {
		u.stream = withStart(withStart(u.stream, u.video.SPS), u.video.PPS)
	}
	u.stream = append(u.stream, u.picture...)
	return u.stream, nil
}

// Kinds of NAL units, ITU-T H.264, table 7-1.
const (
	nalSlice    = 1
	nalKeySlice = 5 // IDR
)

// pictureOf appends the slices of a sample to stream, which is empty, and says whether they are those of a key. What is no slice is left out: parameter sets above
// all, which would make another stream of this one.
func pictureOf(stream, sample []byte) (_ []byte, key bool, err error) {
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
	if len(stream) == 0 {
		return stream, false, errors.New("no slice")
	}
	return stream, key, nil
}

var errLengths = errors.New("the lengths of the units do not add up")

func withStart(stream, nal []byte) []byte {
	return append(append(stream, 0, 0, 0, 1), nal...)
}
