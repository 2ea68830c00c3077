// Package mp4test reads ordinary MP4 files as a player does, for tests where there is no player.
package mp4test

import (
	"bytes"
	"testing"
	"time"

	ff "github.com/Eyevinn/mp4ff/mp4"
)

// Film is a video as a player has it before it decodes anything.
type Film struct {
	SPS, PPS []byte
	Length   time.Duration
	Samples  []Sample
}

// Sample is a picture to be decoded. One before 0 is not shown.
type Sample struct {
	Data []byte
	At   time.Duration
	Key  bool
}

// Play reads a file whose samples lie in tables, and may be moved by an edit list.
func Play(t testing.TB, file []byte) Film {
	t.Helper()
	parsed, err := ff.DecodeFile(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	trak, whole := parsed.Moov.Trak, parsed.Moov.Mvhd
	samples, err := trak.GetSampleData(1, trak.GetNrSamples())
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := parsed.CopySampleData(&data, bytes.NewReader(file), trak, 1, trak.GetNrSamples(), nil); err != nil {
		t.Fatal(err)
	}
	codec, scale := trak.Mdia.Minf.Stbl.Stsd.AvcX.AvcC, trak.Mdia.Mdhd.Timescale
	film := Film{SPS: codec.SPSnalus[0], PPS: codec.PPSnalus[0], Length: clock(int64(whole.Duration), whole.Timescale)}
	at := ahead(trak, whole.Timescale)
	for _, s := range samples {
		film.Samples = append(film.Samples, Sample{Data: data.Next(int(s.Size)), At: clock(at+int64(s.CompositionTimeOffset), scale), Key: s.IsSync()})
		at += int64(s.Dur)
	}
	return film
}

// ahead is the tick of the track at which its first sample is shown.
func ahead(trak *ff.TrakBox, movieScale uint32) int64 {
	if trak.Edts == nil {
		return 0
	}
	at := int64(0)
	for _, e := range trak.Edts.Elst[0].Entries {
		if e.MediaTime >= 0 {
			return at - e.MediaTime
		}
		at += int64(e.SegmentDuration) * int64(trak.Mdia.Mdhd.Timescale) / int64(movieScale)
	}
	return at
}

func clock(ticks int64, scale uint32) time.Duration {
	return time.Duration(float64(ticks) / float64(scale) * float64(time.Second)).Round(time.Millisecond)
}
