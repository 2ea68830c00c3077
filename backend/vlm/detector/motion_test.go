package detector

import (
	"image"
	"image/color"
	"math"
	"testing"
)

func TestNoiseIsNotMotion(t *testing.T) {
	for _, name := range photographs {
		for _, deviation := range []float64{3, 10, 25} {
			scene := planes(t, name)
			mustSay(t, second(t, noisy(scene, deviation, 1), noisy(scene, deviation, 2)), "nothing moved")
		}
	}
}

func TestChangeOfLightIsNotMotion(t *testing.T) {
	lights := map[string]func(luma, x float64) float64{
		"half":          func(luma, _ float64) float64 { return luma * 0.5 },
		"a little less": func(luma, _ float64) float64 { return luma * 0.8 },
		"a little more": func(luma, _ float64) float64 { return luma * 1.2 },
		"gamma":         func(luma, _ float64) float64 { return 255 * math.Pow(luma/255, 1.2) },
		"haze":          func(luma, _ float64) float64 { return luma*0.8 + 40 },
		"lamp at right": func(luma, x float64) float64 { return luma * (0.7 + 0.6*x) },
	}
	for name, light := range lights {
		for _, photo := range photographs {
			t.Run(photo+", "+name, func(t *testing.T) {
				scene := planes(t, photo)
				mustSay(t, second(t, scene, relit(scene, light)), "nothing moved")
			})
		}
	}
}

func TestMuchLessLightIsSaidToBe(t *testing.T) {
	scene := planes(t, "chelsea")
	dark := relit(scene, func(luma, _ float64) float64 { return luma * 0.6 })
	mustSay(t, second(t, scene, dark), "; nothing moved, but it got darker.")
	mustSay(t, second(t, dark, scene), "; nothing moved, but it got brighter.")
	mustNotSay(t, second(t, scene, relit(scene, func(luma, _ float64) float64 { return luma * 0.95 })), "darker")
}

func TestCameraShakeIsNotMotion(t *testing.T) {
	for _, name := range photographs {
		scene := planes(t, name)
		size := scene.Rect.Size()
		before := cut(scene, image.Rect(0, 0, size.X-1, size.Y-1))
		mustSay(t, second(t, before, cut(scene, image.Rect(1, 1, size.X, size.Y))), "nothing moved")
	}
}

func TestWhatMovedIsFoundWhereItIs(t *testing.T) {
	for words, at := range map[string]image.Point{
		"on the left":         {10, 76},
		"on the right":        {280, 76},
		"in the centre":       {146, 76},
		"at the top":          {146, 5},
		"at the bottom":       {146, 150},
		"at the top left":     {10, 5},
		"at the bottom right": {280, 150},
	} {
		wall := noisy(plain(320, 180, color.Gray{Y: 90}), 5, 1)
		cup := image.Rectangle{Min: at, Max: at.Add(image.Pt(28, 28))}
		text := second(t, wall, with(noisy(wall, 5, 2), cup, color.RGBA{R: 220, G: 60, B: 30, A: 255}))
		mustSay(t, text, "; something moved "+words+".")
	}
}

func TestThingsMovingApartAreInSeveralPlaces(t *testing.T) {
	wall := plain(320, 180, color.Gray{Y: 90})
	now := with(wall, image.Rect(10, 80, 40, 110), color.White)
	now = with(now, image.Rect(280, 80, 310, 110), color.White)
	mustSay(t, second(t, wall, now), "; something moved in several places.")
}

func TestThingThatMovesWhileTheLightChangesIsFound(t *testing.T) {
	scene := planes(t, "rocket")
	dimmed := relit(scene, func(luma, _ float64) float64 { return luma * 0.75 })
	now := with(dimmed, image.Rect(30, 60, 70, 100), color.Gray{Y: 200})
	mustSay(t, second(t, scene, now), "; something moved on the left and it got darker.")
}

func TestLargeThingMovesMuch(t *testing.T) {
	scene := planes(t, "chelsea")
	person := image.Rect(0, 0, 110, 180)
	mustSay(t, second(t, scene, with(scene, person, color.Gray{Y: 25})), "; much moved on the left.")
}

func TestAnotherSceneIsSaidToBeAndIsTheNewOne(t *testing.T) {
	for _, before := range photographs {
		for _, after := range photographs {
			if before == after {
				continue
			}
			d := New(Config{})
			common := image.Rect(0, 0, 320, 212)
			answer(t, d, cut(planes(t, before), common))
			mustSay(t, answer(t, d, cut(planes(t, after), common)), "; the whole picture changed.")
			mustSay(t, answer(t, d, cut(planes(t, after), common)), "; nothing moved.")
		}
	}
}

func TestMotionIsSinceTheLastQuestionOnly(t *testing.T) {
	d := New(Config{})
	wall := plain(320, 180, color.Gray{Y: 90})
	now := with(wall, image.Rect(10, 80, 50, 120), color.White)
	answer(t, d, wall)
	mustSay(t, answer(t, d, now), "something moved")
	mustSay(t, answer(t, d, now), "nothing moved")
	if text := answer(t, d, wall); !saysMotion(text) {
		t.Errorf("it moved back, yet %q", text)
	}
}
