package rtsp

import (
	codec264 "github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	codec265 "github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"sightline/backend/ffmpeg"
)

// colour264 is what a sequence parameter set says about colours.
func colour264(sps []byte) ffmpeg.Colour {
	var s codec264.SPS
	if s.Unmarshal(sps) != nil {
		return ffmpeg.Colour{}
	}
	if v := s.VUI; v != nil && v.VideoSignalTypePresentFlag {
		return colour(v.VideoFullRangeFlag, v.ColourDescriptionPresentFlag, v.MatrixCoefficients)
	}
	return colour(false, false, 0)
}

// colour265 is colour264 for H.265.
func colour265(sps []byte) ffmpeg.Colour {
	var s codec265.SPS
	if s.Unmarshal(sps) != nil {
		return ffmpeg.Colour{}
	}
	if v := s.VUI; v != nil && v.VideoSignalTypePresentFlag {
		return colour(v.VideoFullRangeFlag, v.ColourDescriptionPresentFlag, v.MatrixCoefficients)
	}
	return colour(false, false, 0)
}

// colour reads the matrices of ITU-T H.264, table E-5. One that is left open is taken for that which ffmpeg takes it for.
func colour(full, described bool, matrix uint8) ffmpeg.Colour {
	c := ffmpeg.Colour{Full: full, Matrix: ffmpeg.BT601}
	if !described {
		return c
	}
	switch matrix {
	case 1:
		c.Matrix = ffmpeg.BT709
	case 2, 5, 6:
	default:
		c.Matrix = ""
	}
	return c
}

// straight says whether a stream's parameter set rules out that pictures come in another order than they are shown in, or in halves. possible is false where it
// says that they do; where it leaves that open, sure is false too.
func straight(sps []byte) (sure, possible bool) {
	const baseline = 66
	var s codec264.SPS
	if s.Unmarshal(sps) != nil || !s.FrameMbsOnlyFlag {
		return false, false
	}
	if s.ProfileIdc == baseline || s.PicOrderCntType == 2 {
		return true, true
	}
	if s.VUI == nil || s.VUI.BitstreamRestriction == nil {
		return false, true
	}
	ordered := s.VUI.BitstreamRestriction.MaxNumReorderFrames == 0
	return ordered, ordered
}
