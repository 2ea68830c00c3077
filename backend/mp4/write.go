package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	ff "github.com/Eyevinn/mp4ff/mp4"
)

// Writer writes a file from front to back. It belongs to one goroutine, and holds one fragment at most.
type Writer struct {
	w       io.Writer
	written int64 // bytes
	end     int64 // tick at which the last sample ends
	keys    []ff.TfraEntry
	done    error // why nothing more is written: a failed Write leaves a torn end, behind which nothing can be read

	// The fragment in the making, used again and again.
	buf  bytes.Buffer
	moof *ff.MoofBox
	tfdt *ff.TfdtBox
	trun *ff.TrunBox
}

// NewWriter writes the file's beginning to w, in one Write. Each fragment is one Write, too.
func NewWriter(w io.Writer, s Shape) (*Writer, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	moov := movie(s)
	mvex := ff.NewMvexBox()
	mvex.AddChild(ff.CreateTrex(trackID))
	moov.AddChild(mvex)
	head, err := encoded(ff.NewFtyp("isom", 512, []string{"isom", "iso5", "iso6", "avc1", "mp41"}), moov)
	if err != nil {
		return nil, err
	}
	writer := &Writer{w: w}
	writer.prepare()
	return writer, writer.write(head)
}

// prepare makes the boxes that every fragment fills in.
func (w *Writer) prepare() {
	w.tfdt = ff.CreateTfdt(0)
	w.trun = ff.CreateTrun(0)
	w.trun.Flags = ff.TrunDataOffsetPresentFlag | ff.TrunSampleDurationPresentFlag | ff.TrunSampleSizePresentFlag | ff.TrunSampleFlagsPresentFlag
	traf := &ff.TrafBox{}
	w.moof = &ff.MoofBox{}
	for _, err := range []error{
		traf.AddChild(ff.CreateTfhd(trackID)), traf.AddChild(w.tfdt), traf.AddChild(w.trun),
		w.moof.AddChild(ff.CreateMfhd(0)), w.moof.AddChild(traf),
	} {
		w.done = errors.Join(w.done, err)
	}
}

// Fragment writes samples, in order, the last of which lasts until the given time. Where the next fragment begins later than that, nothing is
// shown in between. Times that do not grow are moved as little as it takes.
func (w *Writer) Fragment(samples []Sample, until time.Duration) error {
	if w.done != nil {
		return w.done
	}
	if len(samples) == 0 {
		return nil
	}
	w.describe(samples, until)
	if err := w.encode(samples); err != nil {
		return err
	}
	return w.write(w.buf.Bytes())
}

// describe fills in the fragment's header.
func (w *Writer) describe(samples []Sample, until time.Duration) {
	w.moof.Mfhd.SequenceNumber++
	w.trun.Samples = w.trun.Samples[:0]
	start := max(ticks(samples[0].At), w.end)
	w.tfdt.SetBaseMediaDecodeTime(uint64(start))
	for i, s := range samples {
		next := until
		if i+1 < len(samples) {
			next = samples[i+1].At
		}
		end := min(max(ticks(next), start+1), start+math.MaxUint32)
		w.trun.AddSample(ff.NewSample(flagsOf(s), uint32(end-start), uint32(len(s.Data)), 0))
		start = end
	}
	w.end = start
	w.trun.DataOffset = int32(w.moof.Size()) + 8
}

func flagsOf(s Sample) uint32 {
	if s.Key {
		return ff.SampleFlags{SampleDependsOn: 2}.Encode()
	}
	return ff.SampleFlags{SampleDependsOn: 1, SampleIsNonSync: true}.Encode()
}

// encode puts the whole fragment into buf.
func (w *Writer) encode(samples []Sample) error {
	size := 8
	for _, s := range samples {
		size += len(s.Data)
	}
	if size > math.MaxInt32 {
		return fmt.Errorf("a fragment of %d bytes", size)
	}
	w.buf.Reset()
	w.pad(int(w.moof.Size()))
	w.remember(w.written + int64(w.buf.Len()))
	if err := w.moof.Encode(&w.buf); err != nil {
		return fmt.Errorf("write fragment header: %w", err)
	}
	w.header(size, "mdat")
	for _, s := range samples {
		w.buf.Write(s.Data)
	}
	return nil
}

// page is the unit in which systems write files, and so where one ends whose writer was killed or whose disk was full.
const page = 4096

// pad keeps the fragment's header within one page. A file that ends within a header is refused by ffmpeg, and players built on it; one that
// ends anywhere else is played as far as it goes.
func (w *Writer) pad(header int) {
	if left := page - int(w.written%page); left >= 8 && left < header && header <= page {
		w.header(left, "free")
		w.buf.Write(make([]byte, left-8))
	}
}

func (w *Writer) header(size int, kind string) {
	w.buf.Write(append(binary.BigEndian.AppendUint32(nil, uint32(size)), kind...))
}

// remember notes the keys for the index. The header of their fragment will begin at a place of the file.
func (w *Writer) remember(moof int64) {
	at := w.tfdt.BaseMediaDecodeTime()
	for i, s := range w.trun.Samples {
		if s.Flags&notKey == 0 {
			w.keys = append(w.keys, ff.TfraEntry{Time: at, MoofOffset: uint64(moof), TrafNumber: 1, TrunNumber: 1, SampleNumber: uint32(i + 1)})
		}
		at += uint64(s.Dur)
	}
}

// Finish writes an index behind the last fragment (mfra), for players that seek by it. A file without it is whole, too. Nothing can be
// written behind it.
func (w *Writer) Finish() error {
	if w.done != nil {
		return w.done
	}
	mfro := &ff.MfroBox{}
	mfra := &ff.MfraBox{}
	err := errors.Join(mfra.AddChild(&ff.TfraBox{
		Version: 1, TrackID: trackID, LengthSizeOfTrafNum: 0, LengthSizeOfTrunNum: 0, LengthSizeOfSampleNum: 3, Entries: w.keys,
	}), mfra.AddChild(mfro))
	mfro.ParentSize = uint32(mfra.Size())
	tail, encodeErr := encoded(mfra)
	if err = errors.Join(err, encodeErr, w.write(tail)); err != nil {
		return err
	}
	w.done = errors.New("the video is finished")
	return nil
}

// write writes b in one go. After a failure nothing more is written.
func (w *Writer) write(b []byte) error {
	if w.done != nil {
		return w.done
	}
	n, err := w.w.Write(b)
	w.written += int64(n)
	w.done = err
	return err
}
