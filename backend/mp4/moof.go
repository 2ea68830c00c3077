package mp4

import "bytes"

// Flags of tfhd, ISO/IEC 14496-12, 8.8.7.
const (
	tfhdBaseOffset  = 0x01
	tfhdDescription = 0x02
	tfhdDuration    = 0x08
	tfhdSize        = 0x10
	tfhdFlags       = 0x20
)

// Flags of trun, 8.8.8.
const (
	trunOffset     = 0x001
	trunFirstFlags = 0x004
	trunDuration   = 0x100
	trunSize       = 0x200
	trunFlags      = 0x400
	trunShift      = 0x800
)

// notKey is the bit of a sample's flags that says that decoding cannot start there.
const notKey = 1 << 16

// run is what is known of the next sample while a fragment's header is read.
type run struct {
	at              int64 // bytes, in the file
	duration, flags uint32
}

// samples appends the samples of a fragment. It gives false, with some perhaps appended, where its header makes no sense: our own fragments
// state a size for each sample, all within the data behind the header.
func (rd *reader) samples(moof []byte, head, mdat box) bool {
	traf, ok := rd.traf(fields{rest: moof})
	if !ok {
		return false
	}
	next, ok := rd.defaults(traf.find("tfhd"), mdat)
	if !ok || !rd.start(traf.find("tfdt")) {
		return false
	}
	for {
		kind, payload, more := traf.child()
		if !more {
			return len(traf.rest) == 0
		}
		if string(kind) == "trun" && !rd.run(payload, &next, head, mdat) {
			return false
		}
	}
}

// traf is the part of a header that is about our track.
func (rd *reader) traf(moof fields) (fields, bool) {
	for {
		kind, payload, ok := moof.child()
		if !ok {
			return fields{}, false
		}
		tfhd := payload.find("tfhd")
		tfhd.skip(4)
		if string(kind) == "traf" && tfhd.u32() == rd.id && !tfhd.short {
			return payload, true
		}
	}
}

// defaults reads what holds for samples that say nothing else.
func (rd *reader) defaults(tfhd fields, mdat box) (run, bool) {
	next := run{at: mdat.start + mdat.header, flags: notKey}
	flags := tfhd.u32()
	tfhd.skip(4)
	if flags&tfhdBaseOffset != 0 {
		return run{}, false // counted from the start of the file, as nobody does any more
	}
	if flags&tfhdDescription != 0 {
		tfhd.skip(4)
	}
	if flags&tfhdDuration != 0 {
		next.duration = tfhd.u32()
	}
	if flags&tfhdSize != 0 {
		tfhd.skip(4)
	}
	if flags&tfhdFlags != 0 {
		next.flags = tfhd.u32()
	}
	return next, !tfhd.short
}

// start reads when the fragment begins: never before the end of the one before it.
func (rd *reader) start(tfdt fields) bool {
	version := tfdt.u8()
	tfdt.skip(3)
	tick := uint64(tfdt.u32())
	if version == 1 {
		tick = tick<<32 | uint64(tfdt.u32())
	}
	if tfdt.short || tick > uint64(maxSeconds*rd.scale) {
		return false
	}
	rd.end = max(rd.end, int64(tick))
	return true
}

// run reads one run of samples, which lie one behind the other.
func (rd *reader) run(trun fields, next *run, head, mdat box) bool {
	flags := trun.u32()
	count := int(trun.u32())
	if flags&trunOffset != 0 {
		next.at = head.start + int64(int32(trun.u32()))
	}
	first := next.flags
	if flags&trunFirstFlags != 0 {
		first = trun.u32()
	}
	if flags&trunSize == 0 || trun.short {
		return false
	}
	usual := *next
	for i := range count {
		next.duration, next.flags = usual.duration, usual.flags
		if i == 0 {
			next.flags = first
		}
		size := next.read(&trun, flags)
		if trun.short || !rd.add(*next, size, mdat) {
			return false
		}
		next.at += int64(size)
	}
	next.duration, next.flags = usual.duration, usual.flags
	return true
}

// read reads one sample's line and gives its size.
func (r *run) read(trun *fields, flags uint32) (size uint32) {
	if flags&trunDuration != 0 {
		r.duration = trun.u32()
	}
	if flags&trunSize != 0 {
		size = trun.u32()
	}
	if flags&trunFlags != 0 {
		r.flags = trun.u32()
	}
	if flags&trunShift != 0 {
		trun.skip(4)
	}
	return size
}

// add appends a sample. It gives false for one that cannot be.
func (rd *reader) add(s run, size uint32, mdat box) bool {
	start := rd.end
	rd.end += int64(s.duration)
	if size == 0 || size > maxSample || s.at < mdat.start+mdat.header || s.at+int64(size) > mdat.end {
		return false
	}
	if rd.end > maxSeconds*rd.scale || len(rd.track.Samples) > maxSamples {
		return false
	}
	key := s.flags&notKey == 0
	if rd.waiting = rd.waiting && !key; rd.waiting {
		return true
	}
	at := moment(start, rd.scale)
	rd.track.Samples = append(rd.track.Samples, Span{
		Offset: s.at, Size: int(size), At: at, Duration: moment(rd.end, rd.scale) - at, Key: key,
	})
	return true
}

// hollow says that the data of a fragment was never written: a sample begins with zeros, where the length of its first unit belongs.
func (rd *reader) hollow(fragment int) bool {
	for _, s := range rd.track.Samples[rd.places[fragment-1].samples:rd.places[fragment].samples] {
		b, ok := rd.bytes(s.Offset, min(s.Size, 4))
		if ok && bytes.Equal(b, make([]byte, len(b))) {
			return true
		}
	}
	return false
}
