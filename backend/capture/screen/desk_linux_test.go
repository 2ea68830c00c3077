package screen

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

func TestScreenPassesTheSuite(t *testing.T) {
	x := newFakeX(t)
	x.change(func() { x.chatty = true })
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, x.desk(), "screen:?fps=30") }, FPS: 30, Width: 64, Height: 48,
	})
}

func TestEachMonitorIsListedWithItsSize(t *testing.T) {
	x := newFakeX(t)
	x.change(func() { x.monitors = append(x.monitors, image.Rect(64, 0, 64+1920, 1080)) })
	got, err := scheme(x.desk()).Devices(t.Context())
	if err != nil || len(got) != 2 {
		t.Fatalf("listed %+v, %v", got, err)
	}
	second := got[1]
	mode := capture.Mode{URI: "screen:2", Width: 1920, Height: 1080, FPS: DefaultFPS, Format: "RGB"}
	if got[0].URI != "screen:" || second.Name != "Screen 2" || second.Detail != "1920×1080" || len(second.Modes) != 1 || second.Modes[0] != mode {
		t.Errorf("listed %+v", got)
	}
	if f := firstFrame(t, x.desk(), "screen:2"); size(f) != image.Pt(1920, 1080) {
		t.Errorf("the second is %v", size(f))
	}
}

func TestServerThatKnowsOfNoMonitorsHasOneScreen(t *testing.T) {
	x := newFakeX(t)
	x.change(func() { x.monitors = nil })
	if f := firstFrame(t, x.desk(), "screen:"); size(f) != image.Pt(40, 30) {
		t.Errorf("it is %v", size(f))
	}
}

func TestColoursAreRightHoweverPixelsLie(t *testing.T) {
	orange := color.RGBA{0xff, 0x88, 0, 0xff}
	for name, how := range map[string]func(x *fakeX){
		"usual":      func(*fakeX) {},
		"big endian": func(x *fakeX) { x.order = binary.BigEndian },
		"blue first": func(x *fakeX) { x.masks, x.pixel = [3]uint32{0xff, 0xff00, 0xff0000}, 0x0088ff },
		"deep": func(x *fakeX) {
			x.masks, x.pixel, x.depth = [3]uint32{0x3ff << 20, 0x3ff << 10, 0x3ff}, 0x3ff<<20|0x222<<10, 30
		},
		"shallow": func(x *fakeX) {
			x.masks, x.pixel, x.depth, x.bits = [3]uint32{0xf800, 0x07e0, 0x1f}, 0xf800|0x22<<5, 16, 16
		},
		"shallow, BE": func(x *fakeX) {
			x.masks, x.pixel, x.depth, x.bits, x.order = [3]uint32{0xf800, 0x07e0, 0x1f}, 0xf800|0x22<<5, 16, 16, binary.BigEndian
		},
	} {
		x := newFakeX(t)
		x.change(func() { how(x) })
		img, err := firstFrame(t, x.desk(), "screen:").Picture.Planes()
		if err != nil {
			t.Fatal(err)
		}
		wantColour(t, name, img, 20, 20, orange)
	}
}

func TestPaletteIsToldAndNotGuessed(t *testing.T) {
	x := newFakeX(t)
	x.change(func() { x.masks, x.depth, x.bits = [3]uint32{}, 8, 8 })
	capturetest.Missing(t, opened(t, x.desk(), "screen:"), codeFailed)
}

func TestWaylandIsToldAndListsNothing(t *testing.T) {
	x, under := newFakeX(t), newFakeX(t)
	under.change(func() { under.xwayland = true })
	for name, d := range map[string]desk{
		"its session":  x.desk("XDG_SESSION_TYPE", "wayland"),
		"its socket":   x.desk("WAYLAND_DISPLAY", "wayland-0", "XDG_SESSION_TYPE", "tty"),
		"without X":    x.desk("DISPLAY", "", "WAYLAND_DISPLAY", "wayland-0"),
		"its X server": under.desk(),
	} {
		capturetest.Missing(t, opened(t, d, "screen:"), codeWayland)
		if got, err := scheme(d).Devices(t.Context()); len(got) > 0 || err != nil {
			t.Errorf("%s: listed %v, %v", name, got, err)
		}
	}
	if f := firstFrame(t, x.desk("XDG_SESSION_TYPE", "x11", "WAYLAND_DISPLAY", "left-over"), "screen:"); size(f) != image.Pt(64, 48) {
		t.Error("an X session is taken for Wayland's")
	}
}

func TestWithoutADisplayThereIsNoScreen(t *testing.T) {
	x := newFakeX(t)
	for _, display := range []string{"", "nonsense", ":", ":x", ":-1", ":0.y", "/nowhere/at/all:0", ":59535"} {
		d := x.desk("DISPLAY", display)
		capturetest.Missing(t, opened(t, d, "screen:"), codeNone)
		if got, err := scheme(d).Devices(t.Context()); len(got) > 0 || err != nil {
			t.Errorf("%q: listed %v, %v", display, got, err)
		}
	}
}

func TestMonitorThatIsNotThereIsTold(t *testing.T) {
	capturetest.Missing(t, opened(t, newFakeX(t).desk(), "screen:2"), codeMissing)
}

func TestServerThatLetsNobodyInIsTold(t *testing.T) {
	x := newFakeX(t)
	x.change(func() { x.refuses = "Authorization required, but no authorization protocol specified\n" })
	capturetest.Missing(t, opened(t, x.desk(), "screen:"), codeDenied)
}

// TestServerThatHangsIsLeft has the server fall silent at each of its answers.
func TestServerThatHangsIsLeft(t *testing.T) {
	for name, at := range map[string]byte{"greeting": 1, "extensions": opQueryExtension, "monitors": fakeXinerama, "picture": opGetImage} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newFakeX(t)
			x.change(func() { x.silentAt = at })
			start := time.Now()
			err := opened(t, x.desk(), "screen:").Run(t.Context(), func(sight.Frame) { t.Error("a frame") })
			if took := time.Since(start); fault.CodeOf(err) != codeHung || took > 2*patience {
				t.Errorf("after %v: %v", took, err)
			}
			if at == opGetImage {
				return // a list takes no picture
			}
			if _, err := scheme(x.desk()).Devices(t.Context()); fault.CodeOf(err) != codeHung {
				t.Errorf("the list: %v", err)
			}
		})
	}
}

func TestWhoWaitsForAHungServerIsLetGoAtOnce(t *testing.T) {
	before := goleak.IgnoreCurrent()
	x := newFakeX(t)
	x.change(func() { x.silentAt = opGetImage })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := opened(t, x.desk(), "screen:").Run(ctx, func(sight.Frame) {})
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > time.Second {
		t.Errorf("after %v: %v", took, err)
	}
	_ = x.listens.Close()
	x.calls.Wait()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

func TestScreenThatChangesUnderALookIsTold(t *testing.T) {
	for code, how := range map[string]func(x *fakeX){
		codeGone:    func(x *fakeX) { x.monitors = []image.Rectangle{image.Rect(0, 0, 1, 1)} },
		codeChanged: func(x *fakeX) { x.monitors[1] = image.Rect(64, 0, 128, 40) },
		codeFailed:  func(x *fakeX) { x.errorAt = opGetImage },
	} {
		x := newFakeX(t)
		x.change(func() { x.monitors = append(x.monitors, image.Rect(64, 0, 128, 48)) })
		frames := 0
		err := opened(t, x.desk(), "screen:2?fps=30").Run(t.Context(), func(sight.Frame) {
			if frames++; frames == 2 {
				x.change(func() { how(x) })
			}
		})
		if f := fault.From(err); f.Code != code || f.Hint == "" || f.Blame != fault.Source || frames != 2 {
			t.Errorf("after %d frames: %v (%s), want %s", frames, err, f.Code, code)
		}
	}
}

func TestKeyToTheServerIsTheOneForIt(t *testing.T) {
	x := newFakeX(t)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys")
	write := func(entries ...[]byte) {
		if err := os.WriteFile(file, bytes.Join(entries, nil), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	right, wrong := bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{8}, 16)
	other := entry(familyLocal, "another", "0", cookie, wrong)
	for name, entries := range map[string][][]byte{
		"of this host":       {other, entry(familyLocal, host, "0", cookie, right)},
		"of any host":        {entry(familyLocal, host, "1", cookie, wrong), entry(familyWild, "", "", cookie, right)},
		"of a kind we speak": {entry(familyLocal, host, "0", "XDM-AUTHORIZATION-1", wrong), entry(familyLocal, host, "0", cookie, right)},
	} {
		write(entries...)
		firstFrame(t, x.desk("XAUTHORITY", file), "screen:")
		if x.change(func() {}); !bytes.Equal(x.key, right) {
			t.Errorf("%s: came with %v", name, x.key)
		}
	}
	write(other, []byte{1, 0, 0, 200, 1})
	firstFrame(t, x.desk("XAUTHORITY", file), "screen:")
	if len(x.key) > 0 {
		t.Errorf("without a key of its own it came with %v", x.key)
	}
}

// entry is a line of that file.
func entry(family uint16, address, number, name string, secret []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, family)
	for _, text := range []string{address, number, name, string(secret)} {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(text))), text...)
	}
	return b
}

func TestDisplaysAreTakenApart(t *testing.T) {
	for name, want := range map[string]display{
		":0": {}, ":10.1": {number: 10, screen: 1}, "unix:3": {number: 3}, "localhost:10.0": {host: "localhost", number: 10},
		"[::1]:2": {host: "[::1]", number: 2}, "/tmp/x/y:0": {socket: "/tmp/x/y"},
	} {
		if got, err := parseDisplay(name); err != nil || got != want {
			t.Errorf("%s is %+v, %v", name, got, err)
		}
	}
}

// FuzzAnswers feeds what a server may say: it ends in a picture or an error, never in a panic.
func FuzzAnswers(f *testing.F) {
	f.Add((&fakeX{monitors: []image.Rectangle{{}}, depth: 24, bits: 32, order: binary.LittleEndian}).setup(), 0)
	f.Add([]byte{}, 3)
	f.Fuzz(func(_ *testing.T, body []byte, screen int) {
		s := &server{}
		if s.readSetup(body, max(screen, 0)) == nil {
			s.format.layout.unpack(make([]byte, 12), make([]byte, 12))
		}
	})
}
