package camera

import (
	"image"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/mediadevices/pkg/frame"
)

// untold is a camera of Windows, whose driver tells no rates; large and small are the time between two pictures.
func untold(large, small time.Duration) *fakeCamera {
	yuy2 := frame.Format(frame.FormatYUY2)
	return &fakeCamera{
		name: "Webcam", offers: []mode{{1920, 1080, 0, yuy2}, {1280, 720, 0, yuy2}, {640, 480, 0, yuy2}, {320, 240, 0, yuy2}},
		slow: map[image.Point]time.Duration{image.Pt(1280, 720): large, image.Pt(640, 480): small, image.Pt(1920, 1080): 200 * time.Millisecond},
	}
}

const fps = time.Second

func TestWhereNoRateIsToldTheFastestOfTwoSizesIsTaken(t *testing.T) {
	for name, tc := range map[string]struct {
		large, small time.Duration
		want         image.Point
		opened       int
	}{
		"720p at 30":            {fps / 30, fps / 30, image.Pt(1280, 720), 1},
		"720p at 10, 480 at 30": {fps / 10, fps / 30, image.Pt(640, 480), 2},
		"both in the dark":      {fps / 15, fps / 15, image.Pt(1280, 720), 3}, // and back again
		"both slow, 480 less":   {fps / 5, fps / 15, image.Pt(640, 480), 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cam := untold(tc.large, tc.small)
				table := tableOf(cam)
				r := start(open(t, table, "camera:"))
				time.Sleep(6 * time.Second)
				r.stop()
				if opened, most := cam.uses(); cam.started().size() != tc.want || opened != tc.opened || most != 1 {
					t.Errorf("%v, opened %d times, %d at once", cam.started().size(), opened, most)
				}
				again := start(open(t, table, "camera:"))
				<-again.frames
				again.stop()
				if opened, _ := cam.uses(); cam.started().size() != tc.want || opened != tc.opened+1 {
					t.Errorf("the second time %v, opened %d times", cam.started().size(), opened)
				}
				if m := devicesOf(t, table)[0].Modes[0]; image.Pt(m.Width, m.Height) != tc.want || m.FPS == 0 {
					t.Errorf("offered first: %+v", m)
				}
			})
		})
	}
}

func TestAModeThatWasChosenIsNotSecondGuessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := untold(fps/5, fps/30)
		r := start(open(t, tableOf(cam), "camera:?size=1280x720"))
		time.Sleep(4 * time.Second)
		r.stop()
		if opened, _ := cam.uses(); cam.started().size() != image.Pt(1280, 720) || opened != 1 {
			t.Errorf("%v, opened %d times", cam.started().size(), opened)
		}
	})
}

func TestACameraIsStoppedInTheMidstOfATrial(t *testing.T) {
	for _, after := range []time.Duration{0, 300 * time.Millisecond, 1650 * time.Millisecond, 2 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			cam := untold(fps/10, fps/30)
			r := start(open(t, tableOf(cam), "camera:"))
			time.Sleep(after)
			if took, _ := r.stop(); took > 2*time.Second {
				t.Errorf("stopped after %v", took)
			}
			synctest.Wait()
			if cam.now != 0 {
				t.Error("it was left open")
			}
		})
	}
}
