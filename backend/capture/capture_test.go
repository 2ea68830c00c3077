package capture_test

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

func TestURIsAreTakenApart(t *testing.T) {
	for typed, want := range map[string]capture.URI{
		"camera:":                    {Scheme: "camera"},
		"  Camera:Logitech C920 ":    {Scheme: "camera", Name: "Logitech C920"},
		"images:/a b?fps=5":          {Scheme: "images", Name: "/a b", Options: url.Values{"fps": {"5"}}},
		`images:C:\pics?fps=30`:      {Scheme: "images", Name: `C:\pics`, Options: url.Values{"fps": {"30"}}},
		"images:/what?":              {Scheme: "images", Name: "/what?"},
		"images:/why?/not?fps=2":     {Scheme: "images", Name: "/why?/not", Options: url.Values{"fps": {"2"}}},
		"rtsp://cam/1?y=2&x=1#a=b":   {Scheme: "rtsp", Name: "//cam/1?y=2&x=1#a=b"},
		"pattern:?size=640x360&fps=": {Scheme: "pattern", Options: url.Values{"size": {"640x360"}, "fps": {""}}},
	} {
		got, err := capture.ParseURI(typed)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q gave %+v, %v; want %+v", typed, got, err, want)
		}
	}
}

func TestWhatNamesNoSourceIsAClearFault(t *testing.T) {
	for _, typed := range []string{"", "camera", ":x", "my camera:", "/home/me/pictures", "ü:", "x:y?a=%zz", strings.Repeat("x", 999)} {
		_, err := capture.ParseURI(typed)
		wantFault(t, typed, err, "source.uri")
	}
}

func TestTableOpensBySchemeAndNamesWhatItHas(t *testing.T) {
	table := capture.Table{{Name: "still", Open: func(u capture.URI) (capture.Source, error) { return still(u.Name), nil }}, {Name: "other"}}
	src, err := table.Open("STILL:life")
	if err != nil || src != still("life") {
		t.Errorf("got %v, %v", src, err)
	}
	_, err = table.Open("screen:")
	wantFault(t, "screen:", err, "source.scheme")
	if hint := fault.From(err).Hint; hint != "It has still:, other:." {
		t.Errorf("the hint is %q", hint)
	}
}

func TestASchemeThatFailsDoesNotHideTheOthersDevices(t *testing.T) {
	broken := errors.New("no bus")
	one := capture.Device{URI: "still:", Name: "Still", Kind: "still"}
	table := capture.Table{
		{Name: "bad", Devices: func(context.Context) ([]capture.Device, error) { return nil, broken }},
		{Name: "none"},
		{Name: "still", Devices: func(context.Context) ([]capture.Device, error) { return []capture.Device{one}, nil }},
	}
	got, err := table.Devices(t.Context())
	if !errors.Is(err, broken) || !reflect.DeepEqual(got, []capture.Device{one}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestFrameRatesAreReadWithinTheirLimits(t *testing.T) {
	for typed, want := range map[string]capture.Ticks{"x:": 30, "x:?fps=1": 1, "x:?fps=29.97": 29.97, "x:?fps=120": 120} {
		u, err := capture.ParseURI(typed)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := u.FPS(); err != nil || got != want {
			t.Errorf("%s gave %v, %v", typed, got, err)
		}
	}
	for _, text := range []string{"", "0", "0.5", "121", "-1", "NaN", "Inf", "fast"} {
		_, err := capture.URI{Scheme: "x", Options: url.Values{"fps": {text}}}.FPS()
		wantFault(t, text, err, "source.fps")
	}
}

func TestAMistypedOptionDoesNotPassInSilence(t *testing.T) {
	u := capture.URI{Scheme: "x", Options: url.Values{"fsp": {"30"}}}
	wantFault(t, "fsp", u.Allow("fps", "size"), "source.option")
	wantFault(t, "fsp", u.Allow(), "source.option")
	if err := u.Allow("fsp"); err != nil {
		t.Error(err)
	}
	wantFault(t, "name", capture.URI{Scheme: "x", Name: "y"}.Nameless(), "source.name")
}

// FuzzParseURI: whatever is typed, the outcome is a fault or a URI that reads back as itself.
func FuzzParseURI(f *testing.F) {
	for _, seed := range []string{
		"camera:", "sample:", "pattern:?colour=ff0000", "images:C:\\pics?fps=30", "images:~/a?b=c?d=e", "x:a?b=c?", "x:?=", "x: ?a= ",
		"rtsp://u:p@h:554/s?a=1&a=2", "x:a?b=c;d", "\u0085x:\u0085", strings.Repeat("\xbd", 99), "x:\xff?\xff=\xff", "+-:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		u, err := capture.ParseURI(typed)
		if err != nil {
			wantFault(t, typed, err, "source.uri")
			return
		}
		again, err := capture.ParseURI(u.String())
		if err != nil || !reflect.DeepEqual(again, u) {
			t.Errorf("%q is %#v, which reads back as %#v, %v", typed, u, again, err)
		}
	})
}

func wantFault(t *testing.T, what string, err error, code string) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code || f.Blame != fault.Question {
		t.Errorf("%.20q gave %v, want %s", what, err, code)
		return
	}
	if !strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Hint, ".") || len(f.Message) > 700 { // 60 runes, each at worst \U0010ffff
		t.Errorf("%.20q: not fit for a person: %q / %q", what, f.Message, f.Hint)
	}
}

type still string

func (still) Run(ctx context.Context, _ func(sight.Frame)) error { <-ctx.Done(); return ctx.Err() }

func TestSchemeSaysWhatItsNamesMean(t *testing.T) {
	table := capture.Table{{Name: "film", Title: "Films", Describe: func(u capture.URI) string { return "Film of " + u.Name }}, {Name: "plain"}}
	for uri, want := range map[string]string{"film:monday?loop=1": "Film of monday", "film:": "Films", "plain:x": "x"} {
		if got := table.Describe(uri).Name; got != want {
			t.Errorf("%s is called %q, want %q", uri, got, want)
		}
	}
}
