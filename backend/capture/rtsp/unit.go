package rtsp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph265"
	"github.com/pion/rtp"

	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// unit is all that makes one picture (an access unit), as it came.
type unit struct {
	arrived time.Time
	nals    [][]byte // without start codes; none is empty
	key     bool     // decoding can start here
	sps     []byte   // the parameter set in force; another one means another kind of picture
	coded   *sight.Coded
}

// Kinds of NAL units, as far as they matter here.
type nalKind int

const (
	nalOther nalKind = iota
	nalSlice         // of a picture
	nalKey           // of a picture with which one can begin
	nalVPS
	nalSPS
	nalPPS
	nalEmpty // nothing that a picture needs: delimiters and filling
)

// codec is what there is to know of H.264, or of H.265.
type codec struct {
	args   func() []string // of ffmpeg
	fill   []byte          // what begins a NAL unit that means nothing
	end    []byte          // tells ffmpeg that a picture is complete, so that it does not wait for the next one
	unpack func(*rtp.Packet) ([][]byte, error)
	more   error // what unpack gives where nothing is wrong, but a unit is not complete
	kind   func(nal []byte) nalKind
	colour func(sps []byte) ffmpeg.Colour
	chain  *chain // nil where there is none
}

// reader makes units out of packets. It belongs to one goroutine.
type reader struct {
	codec
	sets  map[nalKind][]byte // the newest of each kind
	loose [][]byte           // what came without a picture: it goes with the next
}

// maxLoose is how many NAL units may come without a picture.
const maxLoose = 32

// newReader is told the parameter sets that the camera's description holds.
func newReader(c codec, described ...[]byte) *reader {
	r := &reader{codec: c, sets: map[nalKind][]byte{}}
	for _, set := range described {
		if len(set) > 0 {
			r.keep(set)
		}
	}
	return r
}

// read takes a packet, and gives a unit where that completes one; nil where it does not, or cannot be read.
func (r *reader) read(p *rtp.Packet, now time.Time) *unit {
	nals, err := r.unpack(p)
	if err != nil {
		if !errors.Is(err, r.more) {
			r.lost()
		}
		return nil
	}
	u := &unit{arrived: now}
	pictured := false
	for _, nal := range nals {
		if len(nal) == 0 {
			continue
		}
		kind := r.kind(nal)
		switch kind {
		case nalEmpty:
			continue
		case nalVPS, nalSPS, nalPPS:
			r.keep(nal)
		case nalKey, nalSlice:
			pictured = true
			u.key = u.key || kind == nalKey
		}
		u.nals = append(u.nals, nal)
	}
	if !pictured {
		r.loose = append(r.loose, u.nals...)
		r.loose = r.loose[max(0, len(r.loose)-maxLoose):]
		return nil
	}
	return r.complete(u)
}

func (r *reader) complete(u *unit) *unit {
	u.nals = slices.Concat(r.loose, u.nals)
	r.loose = nil
	u.sps = r.sets[nalSPS]
	if r.chain != nil {
		u.coded = r.chain.add(u, r.sets[nalPPS])
	}
	if u.key {
		u.nals = slices.Concat(r.unsaid(u.nals), u.nals)
	}
	return u
}

// unsaid is the parameter sets that a key needs and does not bring along.
func (r *reader) unsaid(nals [][]byte) (sets [][]byte) {
	for _, kind := range []nalKind{nalVPS, nalSPS, nalPPS} {
		said := slices.ContainsFunc(nals, func(nal []byte) bool { return r.kind(nal) == kind })
		if set := r.sets[kind]; set != nil && !said {
			sets = append(sets, set)
		}
	}
	return sets
}

// keep notes a parameter set: the same slice as long as it is the same.
func (r *reader) keep(set []byte) {
	kind := r.kind(set)
	if !bytes.Equal(r.sets[kind], set) {
		r.sets[kind] = slices.Clone(set)
	}
}

// lost is called when something is missing from what came.
func (r *reader) lost() {
	if r.chain != nil {
		r.chain.cut()
	}
}

// size is about how many bytes the unit holds.
func (u *unit) size() (n int) {
	for _, nal := range u.nals {
		n += len(nal) + 4
	}
	return n
}

// stream appends the unit as ffmpeg reads it (Annex B).
func (u *unit) stream(buf []byte) []byte {
	for _, nal := range u.nals {
		buf = append(append(buf, 0, 0, 0, 1), nal...)
	}
	return buf
}

// of264 is the codec and the parameter sets of a track.
func of264(f *format.H264) (*reader, error) {
	d, err := f.CreateDecoder()
	if err != nil {
		return nil, err
	}
	return newReader(codec{
		args: ffmpeg.LiveH264, fill: []byte{0x0c}, end: ffmpeg.H264End(), unpack: d.Decode, more: rtph264.ErrMorePacketsNeeded, kind: kind264, colour: colour264, chain: new(chain),
	}, f.SPS, f.PPS), nil
}

// of265 is the codec and the parameter sets of a track.
func of265(f *format.H265) (*reader, error) {
	d, err := f.CreateDecoder()
	if err != nil {
		return nil, err
	}
	delimiter := []byte{0, 0, 0, 1, 0x46, 1, 0x50}
	return newReader(codec{args: live265, fill: []byte{0x4c, 1}, end: delimiter, unpack: d.Decode, more: rtph265.ErrMorePacketsNeeded, kind: kind265, colour: colour265}, f.VPS, f.SPS, f.PPS), nil
}

// live265 is ffmpeg.LiveH264 for H.265.
func live265() []string {
	args := ffmpeg.LiveH264()
	return append(args[:len(args)-1:len(args)-1], "hevc")
}

// kind264 reads table 7-1 of ITU-T H.264.
func kind264(nal []byte) nalKind {
	switch nal[0] & 31 {
	case 1:
		return nalSlice
	case 5:
		return nalKey
	case 7:
		return nalSPS
	case 8:
		return nalPPS
	case 9, 10, 11, 12:
		return nalEmpty
	}
	return nalOther
}

// kind265 reads table 7-1 of ITU-T H.265.
func kind265(nal []byte) nalKind {
	switch kind := nal[0] >> 1 & 63; {
	case kind <= 9:
		return nalSlice
	case kind >= 16 && kind <= 21:
		return nalKey
	case kind == 32:
		return nalVPS
	case kind == 33:
		return nalSPS
	case kind == 34:
		return nalPPS
	case kind >= 35 && kind <= 38:
		return nalEmpty
	}
	return nalOther
}

// prefixed is NAL units one after another, each behind its length in four bytes.
func prefixed(nals [][]byte) []byte {
	size := 0
	for _, nal := range nals {
		size += 4 + len(nal)
	}
	data := make([]byte, 0, size)
	for _, nal := range nals {
		data = append(binary.BigEndian.AppendUint32(data, uint32(len(nal))), nal...)
	}
	return data
}
