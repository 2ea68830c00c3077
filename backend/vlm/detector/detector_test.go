package detector

import (
	"context"
	"errors"
	"image"
	"image/color"
	"strings"
	"sync"
	"testing"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm"
	"sightline/backend/vlm/vlmtest"
)

var _ vlm.Asker = (*Detector)(nil)

func TestItKeepsAnAskersPromises(t *testing.T) { vlmtest.Suite(t, New(Config{})) }

func TestPhotographsAreDescribedByLightAndColour(t *testing.T) {
	for _, c := range []struct {
		name string
		says []string
		not  []string
	}{
		{"coffee", []string{"A picture of medium brightness", "mostly brown", "red"}, []string{"blue", "green", "purple"}},
		{"chelsea", []string{"A picture of medium brightness", "mostly brown", "grey"}, []string{"blue", "green", "red"}},
		{"rocket", []string{"A dim picture", "mostly blue", "black"}, []string{"green", "red", "brown"}},
		{"astronaut", []string{"A picture of medium brightness", "grey", "black"}, []string{"green", "blue", "yellow"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := answerOf(t, New(Config{}), photograph(t, c.name))
			mustSay(t, text, c.says...)
			mustNotSay(t, text, c.not...)
		})
	}
}

func TestFirstAnswerSaysNothingOfMotion(t *testing.T) {
	d := New(Config{})
	first, again := answer(t, d, planes(t, "coffee")), answer(t, d, planes(t, "coffee"))
	mustNotSay(t, first, motionWords...)
	mustSay(t, again, "; nothing moved.")
}

func TestAnotherSizeIsAnotherSource(t *testing.T) {
	d := New(Config{})
	answer(t, d, plain(320, 180, color.Gray{Y: 120}))
	mustNotSay(t, answer(t, d, plain(320, 240, color.Gray{Y: 120})), motionWords...)
	mustSay(t, answer(t, d, plain(320, 240, color.Gray{Y: 120})), "nothing moved")
}

func TestEventsTellTheAnswerWithItsTimes(t *testing.T) {
	var events []sight.Event
	a, err := New(Config{}).Ask(context.Background(), about(photograph(t, "coffee")), func(e sight.Event) { events = append(events, e) })
	if err != nil {
		t.Fatal(err)
	}
	if len(events) < 3 || events[0].Kind != sight.Sent {
		t.Fatalf("want sent and then several pieces of text, got %+v", events)
	}
	if i := events[0].Image; i.Width != 320 || i.Height != 213 || i.JPEG != nil {
		t.Errorf("sent says %dx%d, %d bytes; want 320x213 and none", i.Width, i.Height, len(i.JPEG))
	}
	if text := textOf(t, events[1:]); text != a.Text || !strings.HasSuffix(text, ".") {
		t.Errorf("the pieces say %q, the answer %q", text, a.Text)
	}
	checkTimes(t, a)
	if a.Backend != "Built-in detector" || a.Model != "basic" || a.PromptTokens != nil || a.CompletionTokens != nil || a.Exchange != nil {
		t.Errorf("the answer claims to be more than it is: %+v", a)
	}
}

func textOf(t *testing.T, events []sight.Event) string {
	t.Helper()
	var text strings.Builder
	for _, e := range events {
		if e.Kind != sight.Text || e.Text == "" {
			t.Errorf("after sent comes text, not %+v", e)
		}
		text.WriteString(e.Text)
	}
	return text.String()
}

func checkTimes(t *testing.T, a sight.Answer) {
	t.Helper()
	if a.Sent.IsZero() || a.FirstToken.Before(a.Sent) || a.LastToken.Before(a.FirstToken) || a.Ended.Before(a.LastToken) {
		t.Errorf("times out of order: sent %v, first %v, last %v, ended %v", a.Sent, a.FirstToken, a.LastToken, a.Ended)
	}
}

func TestCancelledQuestionIsNotBegun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a, err := New(Config{}).Ask(ctx, about(photograph(t, "coffee")), func(e sight.Event) { t.Errorf("heard %+v", e) })
	if !errors.Is(err, context.Canceled) || !a.Sent.IsZero() {
		t.Errorf("got %v, %+v", err, a)
	}
}

func TestCancelledInMidAnswerItStopsAndRemembersNothing(t *testing.T) {
	d := New(Config{})
	ctx, cancel := context.WithCancel(context.Background())
	pieces := 0
	a, err := d.Ask(ctx, about(photograph(t, "coffee")), func(e sight.Event) {
		if e.Kind == sight.Text {
			pieces++
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || pieces != 1 {
		t.Errorf("error %v after %d pieces, want one", err, pieces)
	}
	if a.Text != "A picture of medium brightness" || a.Ended.IsZero() {
		t.Errorf("the partial answer is %+v", a)
	}
	mustNotSay(t, answerOf(t, d, photograph(t, "coffee")), motionWords...)
}

func TestPictureThatCannotBeReadIsAFault(t *testing.T) {
	whole, err := photograph(t, "coffee").JPEG(0, 80)
	if err != nil {
		t.Fatal(err)
	}
	broken, err := sight.FromJPEG(whole.JPEG[:700])
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*sight.Picture{"cut off": broken, "none": nil, "empty": sight.FromYCbCr(&image.YCbCr{})} {
		_, err := New(Config{}).Ask(context.Background(), about(p), func(sight.Event) {})
		var f *fault.Error
		if !errors.As(err, &f) || f.Message == "" || f.Hint == "" {
			t.Errorf("%s: %v is no fault for a person", name, err)
		}
	}
}

func TestPicturesOfAnySize(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {2, 1}, {1, 4000}, {4000, 1}, {7, 13}, {9, 321}, {5000, 3}} {
		img := plain(size.X, size.Y, color.RGBA{B: 200, A: 255})
		text := second(t, img, img)
		mustSay(t, text, "all blue", "nothing moved.")
	}
}

func TestBlankPicturesAreSaidToBe(t *testing.T) {
	d := New(Config{})
	answer(t, d, planes(t, "coffee"))
	black := answer(t, d, noisy(plain(320, 213, color.Black), 6, 1))
	mustSay(t, black, "black", "the lens may be covered")
	mustNotSay(t, black, motionWords...)
	mustNotSay(t, answer(t, d, planes(t, "coffee")), motionWords...)
	mustSay(t, answer(t, d, plain(320, 213, color.White)), "The picture is white")
}

func TestLitWindowAtNightIsNotBlank(t *testing.T) {
	night := with(plain(320, 180, color.Black), image.Rect(200, 40, 240, 80), color.RGBA{R: 255, G: 200, B: 90, A: 255})
	mustSay(t, answer(t, New(Config{}), night), "A very dark picture", "almost all black")
}

func TestEveryPictureGivesOneSentence(t *testing.T) {
	for seed := range uint64(40) {
		level := uint8(seed * 6)
		text := answer(t, New(Config{}), noisy(plain(64, 48, color.Gray{Y: level}), float64(seed%5)*20, seed))
		if strings.Count(text, ".") != 1 || !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
			t.Errorf("level %d: %q", level, text)
		}
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	d := New(Config{})
	shared := photograph(t, "rocket")
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for range 5 {
				mustSay(t, answerOf(t, d, shared), "blue")
			}
		})
	}
	asking.Wait()
}
