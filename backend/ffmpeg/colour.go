package ffmpeg

// Colour is how a video's numbers mean colours. The zero value is not known.
type Colour struct {
	Matrix string // BT601 or BT709; empty: not known
	Full   bool   // black is 0 and white 255, instead of 16 and 235
}

// The matrices. What a stream leaves open is BT601 to ffmpeg.
const (
	BT601 = "bt601"
	BT709 = "bt709"
)

// filter makes of any video the form of JPEG: full range, BT.601, eight bits, 4:2:0. The filter scale does it for all there is, slowly; colorspace is several times
// as fast and wants to be told what there is, and even sizes: of an odd one the last line or column is left out. It is not to touch primaries or gamma, hence it is told that both stay.
func (c Colour) filter(noColourspace bool) string {
	if c.Matrix == "" || noColourspace || (c.Full && c.Matrix == BT601) {
		return "scale=out_range=full:out_color_matrix=bt601,format=yuv420p" //nolint:misspell // the filter's word
	}
	space, span := "bt470bg", "tv" // as BT.601 is called there
	if c.Matrix == BT709 {
		space = "bt709"
	}
	if c.Full {
		span = "pc"
	}
	return "crop=trunc(iw/2)*2:trunc(ih/2)*2,colorspace=ispace=" + space + ":irange=" + span + ":iprimaries=bt709:itrc=bt709:space=bt470bg:range=pc:primaries=bt709:trc=bt709:format=yuv420p"
}
