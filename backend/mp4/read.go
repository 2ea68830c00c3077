package mp4

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Limits that hold for files of any origin.
const (
	maxSamples = 2 << 20            // 19 hours at 30 pictures a second
	maxSample  = 64 << 20           // bytes
	maxSeconds = 10 * 366 * 86400   // what a file's clock may show
	maxBoxes   = 2*maxSamples + 100 // steps of a walk
)

// Read finds the samples of a file of size bytes, whether it was finished, is still being written, or was cut short anywhere. A file without
// even a whole beginning is an error. Hostile files cost bounded memory. A fragment that is whole but damaged is left out, and with it the
// samples up to the next key.
func Read(r io.ReaderAt, size int64) (*Track, error) {
	rd := reader{walk: walk{r: r, size: size}, track: &Track{}}
	if err := rd.beginning(); err != nil {
		return nil, errors.Join(rd.err, err)
	}
	if err := rd.fragments(); err != nil {
		return nil, err
	}
	rd.trim()
	if n := len(rd.track.Samples); n > 0 {
		rd.track.Length = rd.track.Samples[n-1].At + rd.track.Samples[n-1].Duration
	}
	return rd.track, rd.err
}

// reader is a file on its way to be a Track.
type reader struct {
	walk
	track *Track
	scale int64  // ticks a second
	id    uint32 // of the track

	end     int64 // tick at which the last sample ends
	waiting bool  // samples are of no use until the next key: something before them is missing
	places  []place
}

// place is where the beginning, or a whole fragment, ends: in the file and among the samples.
type place struct {
	whole   int64
	samples int
}

// beginning reads up to the description of the track.
func (rd *reader) beginning() error {
	at := int64(0)
	for range 8 {
		b, ok := rd.box(at)
		if !ok {
			break
		}
		if b.kind == "moov" {
			rd.track.Whole = b.end
			rd.places = append(rd.places, place{whole: b.end})
			return rd.describe(b)
		}
		if b.kind != "ftyp" && !idle(b.kind) {
			break
		}
		at = b.end
	}
	return broken(errors.New("no whole moov box at the start"))
}

// idle says that a box between the others tells nothing about the samples.
func idle(kind string) bool {
	return slices.Contains([]string{"free", "skip", "styp", "sidx", "emsg", "prft"}, kind)
}

func (rd *reader) describe(b box) error {
	payload, ok := rd.content(b)
	if !ok {
		return broken(errors.New("the moov box is too large"))
	}
	trak := fields{rest: payload}.find("trak")
	rd.id = trackOf(trak.find("tkhd"))
	rd.scale = scaleOf(trak.find("mdia", "mdhd"))
	var err error
	rd.track.Shape, err = shapeOf(trak.find("mdia", "minf", "stbl", "stsd"))
	if err != nil {
		return broken(err)
	}
	if rd.scale == 0 {
		return broken(errors.New("the track has no clock"))
	}
	return nil
}

func trackOf(tkhd fields) uint32 {
	skipTimes(&tkhd)
	return tkhd.u32()
}

func scaleOf(mdhd fields) int64 {
	skipTimes(&mdhd)
	return int64(mdhd.u32())
}

// skipTimes steps over version, flags, and when something was made and changed.
func skipTimes(f *fields) {
	if version := f.u8(); version == 1 {
		f.skip(3 + 16)
		return
	}
	f.skip(3 + 8)
}

// shapeOf reads the first sample entry, ISO/IEC 14496-12, 12.1.3.
func shapeOf(stsd fields) (Shape, error) {
	stsd.skip(8)
	kind, entry, ok := stsd.child()
	if !ok || string(kind) != "avc1" {
		return Shape{}, fmt.Errorf("samples of kind %q", kind)
	}
	entry.skip(24)
	s := Shape{Width: entry.u16(), Height: entry.u16()}
	entry.skip(50)
	avcC := entry.find("avcC")
	s.SPS, s.PPS = parameterSets(&avcC)
	if avcC.short {
		return Shape{}, errors.New("the parameter sets are cut short")
	}
	return s, s.check()
}

// parameterSets reads the first of each from a decoder configuration, ISO/IEC 14496-15, 5.3.3.1.2.
func parameterSets(avcC *fields) (sps, pps []byte) {
	avcC.skip(4)
	if avcC.u8()&3 != 3 {
		avcC.short = true // lengths of other than four bytes
	}
	sps = firstSet(avcC, int(avcC.u8()&31))
	pps = firstSet(avcC, int(avcC.u8()))
	return sps, pps
}

func firstSet(avcC *fields, n int) (first []byte) {
	for i := range n {
		set := avcC.skip(avcC.u16())
		if i == 0 {
			first = bytes.Clone(set)
		}
	}
	return first
}

// fragments reads all that is whole.
func (rd *reader) fragments() error {
	at := rd.track.Whole
	var moof box
	for range maxBoxes {
		b, ok := rd.box(at)
		if !ok {
			return nil
		}
		switch {
		case b.kind == "moof":
			moof = b
		case b.kind == "mdat" && moof.kind != "":
			rd.fragment(moof, b)
			moof = box{}
		case b.kind == "mfra":
			rd.track.Indexed = b.end == rd.size && moof.kind == ""
			return nil
		case !idle(b.kind):
			return nil
		}
		if len(rd.track.Samples) > maxSamples {
			return broken(errors.New("more samples than any recording has"))
		}
		at = b.end
	}
	return nil
}

// fragment takes what a header says about the data behind it.
func (rd *reader) fragment(moof, mdat box) {
	before := len(rd.track.Samples)
	payload, ok := rd.content(moof)
	if ok {
		ok = rd.samples(payload, moof, mdat)
	}
	if !ok {
		rd.track.Samples = rd.track.Samples[:before]
		rd.waiting = true
	}
	rd.track.Whole = mdat.end
	rd.places = append(rd.places, place{mdat.end, len(rd.track.Samples)})
}

// trim drops fragments at the end whose data never reached the disk: after a power cut, some file systems give the file its length and zeros.
func (rd *reader) trim() {
	if rd.track.Indexed {
		return
	}
	for n := len(rd.places) - 1; n > 0 && rd.hollow(n); n-- {
		before := rd.places[n-1]
		rd.track.Samples = rd.track.Samples[:before.samples]
		rd.track.Whole = before.whole
	}
}
