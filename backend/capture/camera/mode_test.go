package camera

import (
	"fmt"
	"testing"

	"github.com/pion/mediadevices/pkg/frame"
)

func TestChoose(t *testing.T) {
	const (
		jpeg  = frame.Format(frame.FormatMJPEG)
		yuyv  = frame.Format(frame.FormatYUYV)
		yuy2  = frame.Format(frame.FormatYUY2)
		nv12  = frame.Format(frame.FormatNV12)
		depth = frame.Format(frame.FormatZ16)
	)
	cheapest := "1280x720@30 MJPEG"
	if !passesJPEG {
		cheapest = "1280x720@30 NV12"
	}
	for name, tc := range map[string]struct {
		offers []mode
		want   string
	}{
		"1 fps comes first": {
			[]mode{{1280, 720, 1, yuyv}, {1280, 720, 5, yuyv}, {1280, 720, 30, yuyv}, {640, 480, 30, yuyv}}, "1280x720@30 YUYV",
		},
		"a usual USB 2 webcam": {
			[]mode{{1280, 720, 10, yuyv}, {640, 480, 30, yuyv}, {1920, 1080, 5, yuyv}, {1920, 1080, 30, jpeg}, {1280, 720, 30, jpeg}}, "1280x720@30 MJPEG",
		},
		"slow where large, raw only": {
			[]mode{{1920, 1080, 5, yuyv}, {1280, 720, 10, yuyv}, {640, 480, 30, yuyv}, {320, 240, 30, yuyv}}, "640x480@30 YUYV",
		},
		"15 and large before 30 and tiny":  {[]mode{{320, 240, 30, yuyv}, {640, 480, 15, yuyv}}, "640x480@15 YUYV"},
		"tiny and smooth before slow":      {[]mode{{320, 240, 30, yuyv}, {1280, 720, 5, yuyv}}, "320x240@30 YUYV"},
		"60 costs twice":                   {[]mode{{1280, 720, 60, yuyv}, {1280, 720, 30, yuyv}}, "1280x720@30 YUYV"},
		"only 60":                          {[]mode{{1280, 720, 60, yuyv}, {640, 480, 30, yuyv}}, "1280x720@60 YUYV"},
		"29.97 is 30":                      {[]mode{{1280, 720, 29.97, yuyv}, {1280, 720, 25, yuyv}}, "1280x720@29.97 YUYV"},
		"PAL":                              {[]mode{{768, 576, 25, yuyv}, {320, 240, 30, yuyv}}, "768x576@25 YUYV"},
		"4K and VGA":                       {[]mode{{3840, 2160, 30, jpeg}, {640, 480, 30, jpeg}}, "640x480@30 MJPEG"},
		"Full HD and a stamp":              {[]mode{{1920, 1080, 30, jpeg}, {160, 120, 30, jpeg}}, "1920x1080@30 MJPEG"},
		"16:10 near enough":                {[]mode{{1280, 800, 30, jpeg}, {1024, 768, 30, jpeg}}, "1280x800@30 MJPEG"},
		"cheap before dear":                {[]mode{{1280, 720, 30, nv12}, {1280, 720, 30, yuyv}, {1280, 720, 30, jpeg}}, cheapest},
		"less to take before more":         {[]mode{{1280, 720, 30, yuyv}, {1280, 720, 30, nv12}}, "1280x720@30 NV12"},
		"Windows tells no rate":            {[]mode{{1920, 1080, 0, yuy2}, {1280, 720, 0, yuy2}, {640, 480, 0, yuy2}, {320, 240, 0, yuy2}}, "640x480@0 YUY2"},
		"a slide show before nothing":      {[]mode{{1280, 720, 1, yuyv}}, "1280x720@1 YUYV"},
		"depth is no picture":              {[]mode{{1280, 720, 30, depth}, {640, 480, 15, yuyv}}, "640x480@15 YUYV"},
		"odd sizes lose their last column": {[]mode{{1281, 720, 30, yuyv}, {640, 480, 30, yuyv}}, "640x480@30 YUYV"},
		"nothing to read":                  {[]mode{{1280, 720, 30, depth}, {0, 0, 30, yuyv}}, "nothing"},
		"nothing at all":                   {nil, "nothing"},
	} {
		got := "nothing"
		if m, ok := choose(tc.offers); ok {
			got = fmt.Sprintf("%dx%d@%v %s", m.width, m.height, m.rate, m.format)
		}
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", name, got, tc.want)
		}
	}
}
