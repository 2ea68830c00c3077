package mp4

import (
	"encoding/binary"
	"math"
	"time"

	ff "github.com/Eyevinn/mp4ff/mp4"
)

// table is an ordinary MP4 in the making, whose index lies in front: a head, and behind it a payload in which the samples lie.
type table struct {
	Shape
	samples []Span        // at least one; Offset counts within the payload
	from    time.Duration // what players show first
	until   time.Duration // when the last sample ends
	payload int64         // bytes
}

// head is all that comes before the payload.
func (t table) head() ([]byte, error) {
	moov := movie(t.Shape)
	chunks := t.fill(moov.Trak.Mdia.Minf.Stbl)
	t.time(moov)
	ftyp := ff.NewFtyp("isom", 512, []string{"isom", "iso2", "avc1", "mp41"})
	size := ftyp.Size() + moov.Size() + largeHeader
	for i := range chunks.ChunkOffset {
		chunks.ChunkOffset[i] += size
	}
	head, err := encoded(ftyp, moov)
	if err != nil {
		return nil, err
	}
	head = append(head, 0, 0, 0, 1, 'm', 'd', 'a', 't')
	return binary.BigEndian.AppendUint64(head, uint64(t.payload+largeHeader)), nil
}

// fill writes the index of the samples. The chunks it gives count within the payload.
func (t table) fill(stbl *ff.StblBox) *ff.Co64Box {
	stsd := stbl.Stsd
	stts, stsz, stss := &ff.SttsBox{}, &ff.StszBox{SampleNumber: uint32(len(t.samples))}, &ff.StssBox{}
	for i, s := range t.samples {
		count(stts, t.lasts(i))
		stsz.SampleSize = append(stsz.SampleSize, uint32(s.Size))
		if s.Key {
			stss.SampleNumber = append(stss.SampleNumber, uint32(i+1))
		}
	}
	stsc, chunks := t.chunks()
	*stbl = ff.StblBox{}
	for _, b := range []ff.Box{stsd, stts, stsc, stsz, chunks, stss} {
		stbl.AddChild(b)
	}
	return chunks
}

// lasts is how long a sample is shown, in ticks: until the next one, also where the camera was gone in between.
func (t table) lasts(i int) uint32 {
	end := t.until
	if i+1 < len(t.samples) {
		end = t.samples[i+1].At
	}
	return uint32(min(max(ticks(end)-ticks(t.samples[i].At), 1), math.MaxUint32))
}

// count adds one sample's duration to the table of times.
func count(stts *ff.SttsBox, lasts uint32) {
	if n := len(stts.SampleTimeDelta); n > 0 && stts.SampleTimeDelta[n-1] == lasts {
		stts.SampleCount[n-1]++
		return
	}
	stts.SampleTimeDelta = append(stts.SampleTimeDelta, lasts)
	stts.SampleCount = append(stts.SampleCount, 1)
}

// chunks finds the runs of samples that lie one behind the other.
func (t table) chunks() (*ff.StscBox, *ff.Co64Box) {
	stsc, co64 := &ff.StscBox{}, &ff.Co64Box{}
	stsc.SetSingleSampleDescriptionID(1)
	for i := 0; i < len(t.samples); {
		first := i
		for i++; i < len(t.samples) && t.samples[i].Offset == t.samples[i-1].Offset+int64(t.samples[i-1].Size); {
			i++
		}
		co64.ChunkOffset = append(co64.ChunkOffset, uint64(t.samples[first].Offset))
		n := len(stsc.Entries)
		if n == 0 || stsc.Entries[n-1].SamplesPerChunk != uint32(i-first) {
			stsc.Entries = append(stsc.Entries, ff.StscEntry{FirstChunk: uint32(len(co64.ChunkOffset)), SamplesPerChunk: uint32(i - first)})
		}
	}
	return stsc, co64
}

// time writes how long the movie is, and an edit list where it does not begin with its first sample.
func (t table) time(moov *ff.MoovBox) {
	trak := moov.Trak
	first := ticks(t.samples[0].At)
	media := uint64(0)
	for i := range t.samples {
		media += uint64(t.lasts(i))
	}
	shown := media + uint64(first) - uint64(ticks(t.from))
	trak.Mdia.Mdhd.Duration, trak.Mdia.Mdhd.Version = media, wide(media)
	trak.Tkhd.Duration, trak.Tkhd.Version = shown, wide(shown)
	moov.Mvhd.Duration, moov.Mvhd.Version = shown, wide(shown)
	if edits := edits(first-ticks(t.from), shown); len(edits) > 0 {
		elst := &ff.ElstBox{Version: wide(shown), Entries: edits}
		edts := &ff.EdtsBox{Elst: []*ff.ElstBox{elst}, Children: []ff.Box{elst}}
		trak.Edts = edts
		trak.Children = []ff.Box{trak.Tkhd, edts, trak.Mdia}
	}
}

// edits shows nothing for as long as the first sample is still to come, or leaves out what lies before the first moment.
func edits(ahead int64, shown uint64) []ff.ElstEntry {
	switch {
	case ahead > 0:
		return []ff.ElstEntry{
			{SegmentDuration: uint64(ahead), MediaTime: -1, MediaRateInteger: 1},
			{SegmentDuration: shown - uint64(ahead), MediaTime: 0, MediaRateInteger: 1},
		}
	case ahead < 0:
		return []ff.ElstEntry{{SegmentDuration: shown, MediaTime: -ahead, MediaRateInteger: 1}}
	}
	return nil
}

// wide is the version of a box that holds a time of this many ticks.
func wide(ticks uint64) byte {
	if ticks > math.MaxInt32 {
		return 1
	}
	return 0
}
