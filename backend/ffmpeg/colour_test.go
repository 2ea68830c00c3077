package ffmpeg

import (
	"image"
	"testing"

	"sightline/backend/ffmpeg/ffmpegtest"
)

// TestColoursComeOutAsJPEGHasThem shows red, white and black, each in a third, in all forms in which videos come.
func TestColoursComeOutAsJPEGHasThem(t *testing.T) {
	card := "color=red:s=96x64:d=0.1,drawbox=x=32:w=32:c=white:t=fill,drawbox=x=64:w=32:c=black:t=fill," //nolint:misspell // the filter's word
	for name, form := range map[string]struct {
		want Colour
		args []string
	}{
		"usual":        {Colour{Matrix: BT601}, []string{"-vf", card601("tv", "yuv420p"), "-c:v", "libx264", "-qp", "0"}},
		"full":         {Colour{Matrix: BT601, Full: true}, []string{"-vf", card601("pc", "yuvj420p"), "-c:v", "libx264", "-qp", "0"}},
		"high":         {Colour{Matrix: BT709}, []string{"-vf", card709("tv", "yuv420p"), "-c:v", "libx264", "-qp", "0", "-colorspace", "bt709"}},
		"high, full":   {Colour{Matrix: BT709, Full: true}, []string{"-vf", card709("pc", "yuvj420p"), "-c:v", "libx264", "-qp", "0", "-colorspace", "bt709"}},
		"ten bits":     {Colour{Matrix: BT709}, []string{"-vf", card709("tv", "yuv422p10"), "-c:v", "ffv1", "-colorspace", "bt709"}},
		"RGB":          {Colour{}, []string{"-vf", "format=bgr0", "-c:v", "ffv1"}},
		"grey is none": {Colour{}, []string{"-vf", "format=gray", "-c:v", "ffv1"}},
	} {
		t.Run(name, func(t *testing.T) {
			video := ffmpegtest.Clip(t, "card.mkv", append([]string{"-f", "lavfi", "-i", card + "format=rgb24"}, form.args...)...)
			if got := genuine(t).Look(t.Context(), video); got != form.want {
				t.Errorf("it looks like %+v; want %+v", got, form.want)
			}
			for told := range map[Colour]bool{{}: true, form.want: true} {
				pictures, err := all(start(t, genuine(t), Input{Name: video, Colour: told}))
				if err != nil || len(pictures) == 0 {
					t.Fatalf("%+v: %v", told, err)
				}
				wantCard(t, pictures[0], name == "grey is none")
			}
		})
	}
}

func card601(span, format string) string { return converted("bt601", span, format) }
func card709(span, format string) string { return converted("bt709", span, format) }

func converted(matrix, span, format string) string {
	return "scale=out_color_matrix=" + matrix + ":out_range=" + span + ",format=" + format //nolint:misspell // the filter's word
}

// wantCard wants the values of JPEG (JFIF): red is 76, 85, 255.
func wantCard(t *testing.T, picture *image.YCbCr, grey bool) {
	t.Helper()
	for i, want := range [][3]int{{76, 85, 255}, {255, 128, 128}, {0, 128, 128}} {
		if grey {
			want[1], want[2] = 128, 128
		}
		got := picture.YCbCrAt(16+32*i, 32)
		for k, g := range []uint8{got.Y, got.Cb, got.Cr} {
			if d := int(g) - want[k]; d < -4 || d > 4 {
				t.Errorf("third %d is %v; want %v", i, got, want)
				break
			}
		}
	}
}

func TestColoursAreReadFromWhatFFmpegSays(t *testing.T) {
	for line, want := range map[string]Colour{
		`  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 1280x720 [SAR 1:1 DAR 16:9], 30 fps`: {Matrix: BT709},
		`  Stream #0:0: Video: hevc (Rext), yuv422p10le(tv, bt2020nc/unknown/unknown, progressive), 64x64, 25 fps`:                              {},
		`  Stream #0:0: Video: mjpeg (Baseline) (MJPG / 0x47504A4D), yuvj420p(pc, bt470bg/unknown/unknown), 64x64, 25 fps`:                      {Matrix: BT601, Full: true},
		`  Stream #0:0: Video: rawvideo (I420 / 0x30323449), yuv420p, 64x64 [SAR 1:1 DAR 1:1], 25 tbr`:                                          {Matrix: BT601},
		`  Stream #0:0: Video: gif, bgra, 64x64, 25 fps`:                                                                                        {},
		"  Stream #0:0: Video: mjpeg, yuvj420p(pc), 9x9 (attached pic)\n  Stream #0:1: Video: h264, yuv420p(tv), 64x64, 25 fps":                 {Matrix: BT601},
		`    title : Video: h264, yuv420p(pc, bt709), x`:                                                                                        {Matrix: BT709, Full: true}, // told so by the file: its own fault
		`  Stream #0:0: Audio: pcm_s16le, 44100 Hz`:                                                                                             {},
		``: {},
	} {
		if got := colourIn(line); got != want {
			t.Errorf("%s\nis %+v; want %+v", line, got, want)
		}
	}
}

func TestColourOfANumberedMatrix(t *testing.T) {
	for matrix, want := range map[int]Colour{1: {BT709, true}, 2: {BT601, true}, 5: {BT601, true}, 6: {BT601, true}, 0: {}, 9: {}} {
		if got := ColourOf(matrix, true); got != want {
			t.Errorf("%d is %+v; want %+v", matrix, got, want)
		}
	}
}
