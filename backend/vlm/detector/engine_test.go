package detector

import (
	"context"
	"errors"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm/vlmtest"
)

// script is an engine that finds what a test says, and notes what it was asked.
type script struct {
	things, texts []sight.Box
	err           error
	asked         int
	thorough      bool
}

func (s *script) Things(context.Context, *sight.Picture) ([]sight.Box, error) {
	s.asked++
	return s.things, s.err
}

func (s *script) Text(_ context.Context, _ *sight.Picture, thorough bool) ([]sight.Box, error) {
	s.thorough = thorough
	return s.texts, s.err
}

// at is a thing in the middle of the picture, or moved across.
func at(label string, score, x float64) sight.Box {
	return sight.Box{Label: label, Kind: "thing", Score: score, X: x - 0.1, Y: 0.3, W: 0.2, H: 0.4}
}

func written(text string, score, x, y float64) sight.Box {
	return sight.Box{Label: text, Kind: "text", Score: score, X: x, Y: y, W: 0.1, H: 0.05}
}

// engineSays is the first answer about a photograph in which an engine finds that.
func engineSays(t *testing.T, s *script) string {
	t.Helper()
	return answerOf(t, New(Config{Engine: s}), photograph(t, "coffee"))
}

func TestWithAnEngineItKeepsAnAskersPromises(t *testing.T) {
	vlmtest.Suite(t, New(Config{Engine: still{}}))
}

// still is an engine for many at once.
type still struct{}

func (still) Things(context.Context, *sight.Picture) ([]sight.Box, error) {
	return []sight.Box{at("person", 0.9, 0.5)}, nil
}

func (still) Text(context.Context, *sight.Picture, bool) ([]sight.Box, error) {
	return []sight.Box{written("EXIT", 0.9, 0.5, 0.1)}, nil
}

func TestWhatIsFoundIsOneSentence(t *testing.T) {
	people := []sight.Box{at("person", 0.9, 0.2), at("car", 0.7, 0.5), at("person", 0.6, 0.8)}
	dots := make([]sight.Box, 12)
	for i := range dots {
		dots[i] = at("sheep", 0.8, 0.05*float64(i+3))
	}
	for want, s := range map[string]*script{
		"Two people and a car in the centre; the text “NOTICE”; mostly brown.": {things: people, texts: []sight.Box{written("NOTICE", 0.99, 0.4, 0.1)}},
		"Nothing I know; mostly brown.":                                        {},
		"A cup on the left; mostly brown.":                                     {things: []sight.Box{at("cup", 0.6, 0.2)}},
		"12 sheep; mostly brown.":                                              {things: dots},
		"A person, a bicycle and a dog; mostly brown.":                         {things: []sight.Box{at("dog", 0.6, 0.2), at("bicycle", 0.6, 0.5), at("person", 0.6, 0.7)}},
		"The text “NO PARKING” and “AT ALL TIMES”; mostly brown.": {texts: []sight.Box{
			written("NO", 0.9, 0.1, 0.1), written("PARKING", 0.9, 0.21, 0.1), written("AT ALL TIMES", 0.9, 0.1, 0.3),
		}},
	} {
		if got := engineSays(t, s); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestNearAndFarAreToldOfFewThings(t *testing.T) {
	for want, box := range map[string]sight.Box{
		"A person close up;":                {Label: "person", Score: 0.8, X: 0.1, Y: 0, W: 0.8, H: 1},
		"A person far away on the right;":   {Label: "person", Score: 0.8, X: 0.8, Y: 0.4, W: 0.03, H: 0.08},
		"A person on the right;":            {Label: "person", Score: 0.8, X: 0.8, Y: 0.94, W: 0.03, H: 0.06}, // most of it is out of the picture
		"A cup on the right;":               {Label: "cup", Score: 0.8, X: 0.8, Y: 0.4, W: 0.03, H: 0.08},
		"A pair of scissors in the centre;": {Label: "scissors", Score: 0.8, X: 0.4, Y: 0.4, W: 0.2, H: 0.2},
	} {
		if got := engineSays(t, &script{things: []sight.Box{box}}); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEveryKindHasItsWords(t *testing.T) {
	all := kinds()
	if len(all) != 80 {
		t.Errorf("there are %d kinds", len(all))
	}
	plurals := map[string]string{
		"person": "people", "mouse": "computer mice", "knife": "knives", "sheep": "sheep", "scissors": "pairs of scissors", "bus": "buses", "bench": "benches",
		"sandwich": "sandwiches", "wine glass": "wine glasses", "toothbrush": "toothbrushes", "skis": "pairs of skis", "broccoli": "heads of broccoli",
	}
	for _, k := range all {
		if want, odd := plurals[k.label]; odd && k.many != want {
			t.Errorf("many of %s are %q", k.label, k.many)
		} else if !odd && !strings.HasSuffix(k.many, "s") {
			t.Errorf("many of %s are %q", k.label, k.many)
		}
		article, word, _ := strings.Cut(k.one, " ")
		if vowel := strings.ContainsAny(word[:1], "aeiou"); (article == "an") != vowel || article != "a" && article != "an" {
			t.Errorf("one %s is %q", k.label, k.one)
		}
	}
}

func TestWhatIsNotSureIsNeitherNamedNorBoxed(t *testing.T) {
	s := &script{
		things: []sight.Box{at("cup", 0.52, 0.5), at("dog", 0.6, 0.2), at("flying saucer", 0.9, 0.2)},
		texts:  []sight.Box{written("smudge", 0.84, 0, 0), written("\x1b\u202e\x00", 0.99, 0, 0)},
	}
	a, err := New(Config{Engine: s}).Ask(t.Context(), about(photograph(t, "coffee")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.Text != "A dog on the left; mostly brown." || len(a.Boxes) != 1 || a.Boxes[0].Label != "dog" {
		t.Errorf("%q, boxes %+v", a.Text, a.Boxes)
	}
}

func TestBoxesComeWithTheAnswer(t *testing.T) {
	s := &script{things: []sight.Box{at("cup", 0.7, 0.5)}, texts: []sight.Box{written("CAFÉ", 0.9, 0.1, 0.1)}}
	a, err := New(Config{Engine: s}).Ask(t.Context(), about(photograph(t, "coffee")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]sight.Box{s.things[0], s.texts[0]}, a.Boxes); diff != "" {
		t.Error(diff)
	}
	if a.Backend != "Built-in detector" || a.Model != "nanodet + pp-ocr" || a.Image.Width != 600 || a.Image.Height != 400 {
		t.Errorf("answered by %s, %s, about %dx%d", a.Backend, a.Model, a.Image.Width, a.Image.Height)
	}
}

func TestThingStaysInAStillSceneWhileItIsStillSeen(t *testing.T) {
	s := &script{things: []sight.Box{at("cup", 0.6, 0.5)}}
	d := New(Config{Engine: s})
	mustSay(t, answerOf(t, d, photograph(t, "coffee")), "A cup in the centre")

	s.things = []sight.Box{at("cup", 0.46, 0.51)}
	mustSay(t, answerOf(t, d, photograph(t, "coffee")), "A cup in the centre")
	mustSay(t, answerOf(t, d, photograph(t, "coffee")), "A cup in the centre")

	s.things = []sight.Box{at("cup", 0.46, 0.9)}
	mustNotSay(t, answerOf(t, d, photograph(t, "coffee")), "cup") // another one, and not sure

	s.things = []sight.Box{at("cup", 0.46, 0.5)}
	mustNotSay(t, answerOf(t, d, photograph(t, "coffee")), "cup") // it was gone
}

func TestThingThatIsNotSeenAnyMoreIsGoneAtOnce(t *testing.T) {
	s := &script{things: []sight.Box{at("cup", 0.9, 0.5)}, texts: []sight.Box{written("CAFÉ", 0.99, 0.1, 0.1)}}
	d := New(Config{Engine: s})
	answerOf(t, d, photograph(t, "coffee"))
	s.things, s.texts = []sight.Box{at("cup", 0.44, 0.5)}, nil
	mustSay(t, answerOf(t, d, photograph(t, "coffee")), "Nothing I know")
}

func TestNothingStaysWhenTheSceneChanges(t *testing.T) {
	scene := func(name string) *sight.Picture {
		return sight.FromYCbCr(cut(planes(t, name), image.Rect(0, 0, 300, 200)))
	}
	for name, next := range map[string]*sight.Picture{
		"another scene": scene("rocket"),
		"another size":  photograph(t, "coffee"),
	} {
		s := &script{things: []sight.Box{at("cup", 0.6, 0.5)}, texts: []sight.Box{written("CAFÉ", 0.9, 0.1, 0.1)}}
		d := New(Config{Engine: s})
		answerOf(t, d, scene("coffee"))
		s.things[0].Score, s.texts[0].Score = 0.5, 0.8
		mustSay(t, answerOf(t, d, next), "Nothing I know")
		if s.thorough {
			t.Errorf("%s: text was looked for as if there were some", name)
		}
	}
}

func TestWordsForAPlaceDoNotFlicker(t *testing.T) {
	s := &script{things: []sight.Box{at("cup", 0.9, 0.32)}}
	d := New(Config{Engine: s})
	for _, x := range []float64{0.32, 0.34, 0.32, 0.35} {
		s.things = []sight.Box{at("cup", 0.9, x)}
		mustSay(t, answerOf(t, d, photograph(t, "coffee")), "A cup on the left")
	}
	s.things = []sight.Box{at("cup", 0.9, 0.42)}
	mustSay(t, answerOf(t, d, photograph(t, "coffee")), "A cup in the centre")
	s.things = []sight.Box{at("cup", 0.9, 0.32)}
	mustSay(t, answerOf(t, d, photograph(t, "coffee")), "A cup in the centre")
}

func TestTextIsLookedForThoroughlyWhereItIsAskedForOrWasThere(t *testing.T) {
	s := new(script)
	d := New(Config{Engine: s})
	ask := func(prompt string) {
		q := about(photograph(t, "coffee"))
		q.Prompt = prompt
		if _, err := d.Ask(t.Context(), q, nil); err != nil {
			t.Fatal(err)
		}
	}
	for prompt, want := range map[string]bool{
		"What do you see?": false, "Is there a person? Answer with one word.": false, "What is the reading room like?": false,
		"Write out all the text.": true, "READ THE SIGN": true, "what is written there": true, "": false,
	} {
		if ask(prompt); s.thorough != want {
			t.Errorf("%q: thorough %v", prompt, s.thorough)
		}
	}
	s.texts = []sight.Box{written("CAFÉ", 0.9, 0.1, 0.1)}
	ask("What do you see?")
	if ask("And now?"); !s.thorough {
		t.Error("there was text just now, and it is looked for as if there were none")
	}
}

func TestLongAndOddTextIsShownPlainly(t *testing.T) {
	long := strings.Repeat("long ", 40)
	text := engineSays(t, &script{texts: []sight.Box{
		written(long, 0.9, 0.1, 0.1), written("a\x1b[31m\u202eb\n c\u00a0d", 0.9, 0.1, 0.2), written("中文", 0.9, 0.1, 0.3), written("4", 0.9, 0.1, 0.4), written("5", 0.9, 0.1, 0.5),
	}})
	mustSay(t, text, "…”, “a[31mb c d”, “中文”, “4” and more;")
	if len([]rune(text)) > 200 || strings.ContainsAny(text, "\x1b\u202e\n") {
		t.Errorf("it says %q", text)
	}
}

func TestDarknessIsToldWhereItMatters(t *testing.T) {
	dim := with(plain(320, 240, color.Gray{Y: 20}), image.Rect(0, 0, 120, 100), color.Gray{Y: 60})
	mustSay(t, answer(t, New(Config{Engine: new(script)}), dim), "Nothing I know; very dark; ")
	bright := with(plain(320, 240, color.Gray{Y: 230}), image.Rect(0, 0, 120, 100), color.Gray{Y: 200})
	mustSay(t, answer(t, New(Config{Engine: new(script)}), bright), "Nothing I know; very bright; ")
}

func TestBlankPictureIsNotLookedInto(t *testing.T) {
	s := &script{things: []sight.Box{at("cup", 0.9, 0.5)}}
	mustSay(t, answer(t, New(Config{Engine: s}), plain(320, 240, color.Black)), "The picture is black")
	if s.asked != 0 {
		t.Error("the engine was asked")
	}
}

func TestEngineThatCannotLookFailsTheQuestionWithItsFault(t *testing.T) {
	missing := &fault.Error{Code: "vision.missing", Message: "A file is missing.", Hint: "Bring it."}
	s := &script{err: missing}
	d := New(Config{Engine: s})
	for range 3 {
		_, err := d.Ask(t.Context(), about(photograph(t, "coffee")), nil)
		if !errors.Is(err, missing) {
			t.Fatalf("got %v", err)
		}
	}
	if s.asked != 3 {
		t.Errorf("asked %d times for 3 questions", s.asked)
	}
	s.err = nil
	mustSay(t, answerOf(t, d, photograph(t, "coffee")), "Nothing I know; mostly brown.")
}

func TestThingsAreToldBeforeTextIsRead(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &script{things: []sight.Box{at("cup", 0.9, 0.5)}}
	var told []string
	_, err := New(Config{Engine: s}).Ask(ctx, about(photograph(t, "coffee")), func(e sight.Event) {
		if e.Kind == sight.Text {
			told = append(told, e.Text)
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(told) != 1 || told[0] != "A cup in the centre" {
		t.Errorf("told %q, then %v", told, err)
	}
}
