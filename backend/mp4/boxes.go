package mp4

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/Eyevinn/mp4ff/avc"
	ff "github.com/Eyevinn/mp4ff/mp4"
)

// trackID is the number of the one track.
const trackID = 1

// largeHeader is the size of a box header with a 64-bit size.
const largeHeader = 16

func (s Shape) check() error {
	const most = 1<<16 - 1
	switch {
	case s.Width < 1 || s.Height < 1 || s.Width > most || s.Height > most:
		return fmt.Errorf("a video of %d×%d pixels", s.Width, s.Height)
	case len(s.SPS) < 4 || len(s.SPS) > most || len(s.PPS) < 1 || len(s.PPS) > most:
		return errors.New("a video without its parameter sets")
	}
	return nil
}

// movie is the description of a track that has no samples yet.
func movie(s Shape) *ff.MoovBox {
	trak := ff.CreateEmptyTrak(trackID, timescale, "video", "und")
	trak.Tkhd.Width, trak.Tkhd.Height = ff.Fixed32(s.Width<<16), ff.Fixed32(s.Height<<16)
	trak.Mdia.Hdlr.Name = "Sightline video"
	trak.Mdia.Minf.Stbl.Stsd.AddChild(entry(s))
	mvhd := ff.CreateMvhd()
	mvhd.Timescale = timescale
	moov := ff.NewMoovBox()
	moov.AddChild(mvhd)
	moov.AddChild(trak)
	return moov
}

// entry describes the samples: the decoder's parameters, and square pixels. What the colours mean stands in the parameters (VUI) alone: GStreamer
// 1.22 takes a colr box before them, reads its full range as the studio's, and shows the wrong colours.
func entry(s Shape) ff.Box {
	avcC := &ff.AvcCBox{DecConfRec: avc.DecConfRec{
		AVCProfileIndication: s.SPS[1], ProfileCompatibility: s.SPS[2], AVCLevelIndication: s.SPS[3],
		SPSnalus: [][]byte{s.SPS}, PPSnalus: [][]byte{s.PPS}, ChromaFormat: 1,
	}}
	e := ff.CreateVisualSampleEntryBox("avc1", uint16(s.Width), uint16(s.Height), avcC)
	e.CompressorName = "Sightline"
	e.AddChild(&ff.PaspBox{HSpacing: 1, VSpacing: 1})
	return e
}

// encoded is boxes one behind the other.
func encoded(boxes ...ff.Box) ([]byte, error) {
	var b bytes.Buffer
	for _, box := range boxes {
		if err := box.Encode(&b); err != nil {
			return nil, fmt.Errorf("write %s box: %w", box.Type(), err)
		}
	}
	return b.Bytes(), nil
}
