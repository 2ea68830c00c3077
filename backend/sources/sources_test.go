package sources

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// desk is a window with a network camera, and a keyring in memory.
type desk struct {
	*Sources
	folder   string
	logins   map[string][2]string // by address
	picture  *sight.Picture
	uri      string
	cameras  []string
	reopened int
	revealed string
}

func (d *desk) SetLogin(_ context.Context, address, user, password string) (bool, error) {
	d.logins[address] = [2]string{user, password}
	return true, nil
}

func (d *desk) DeleteLogin(_ context.Context, address string) error {
	delete(d.logins, address)
	return nil
}

func (d *desk) HasLogin(_ context.Context, address string) bool {
	return d.logins[address] != [2]string{}
}

func (d *desk) Picture() (*sight.Picture, bool) { return d.picture, d.picture != nil }
func (d *desk) Source() string                  { return d.uri }
func (d *desk) Cameras() []string               { return d.cameras }
func (d *desk) KeepCamera(_ context.Context, uri string, on bool) error {
	d.cameras = slices.DeleteFunc(d.cameras, func(o string) bool { return o == uri })
	if on {
		d.cameras = append([]string{uri}, d.cameras...)
	}
	return nil
}
func (d *desk) Reopen() { d.reopened++ }

func sit(t *testing.T) *desk {
	t.Helper()
	d := &desk{logins: map[string][2]string{}, folder: filepath.Join(t.TempDir(), "new", "folder")}
	camera := func(u capture.URI) (capture.Source, error) { _, _, err := u.Address(); return nil, err }
	d.Sources = New(Config{
		Table: capture.Table{{Name: "rtsp", Open: camera}, {Name: "http", Open: camera}}, Keys: d, Seen: d,
		Folder: func() string { return d.folder }, Reveal: func(path string) error { d.revealed = path; return nil },
	})
	return d
}

func TestPastedAddressLosesItsLoginToTheKeyring(t *testing.T) {
	d := sit(t)
	d.uri = "rtsp://door:8554/live?q=1"
	known, err := d.SaveAddress(Address{URL: " rtsp://me:p%40ss@door:8554/live?q=1 "})
	if err != nil || known.URI != d.uri || !known.Persisted {
		t.Fatalf("got %+v, %v", known, err)
	}
	if d.logins[d.uri] != [2]string{"me", "p@ss"} || d.reopened != 1 {
		t.Errorf("kept %v, reopened %d times", d.logins, d.reopened)
	}
	if l := d.List(); len(l.Devices) != 1 || l.Devices[0].URI != known.URI || l.Devices[0].Kind != "rtsp" {
		t.Errorf("it is listed as %+v", l.Devices)
	}
	if !d.Sources.HasLogin(known.URI) {
		t.Error("the login is not found again")
	}
	if err := d.ForgetCamera(known.URI); err != nil || d.Sources.HasLogin(known.URI) || len(d.List().Devices) != 0 {
		t.Errorf("forgetting: %v", err)
	}
}

func TestWhatIsTypedBesideTheAddressWins(t *testing.T) {
	d := sit(t)
	known, err := d.SaveAddress(Address{URL: "door/live", User: "you", Password: "new"})
	if err != nil || known.URI != "rtsp://door/live" || d.logins[known.URI] != [2]string{"you", "new"} {
		t.Fatalf("got %+v, %v, kept %v", known, err, d.logins)
	}
	if _, err := d.SaveAddress(Address{URL: "door/live", User: "you"}); err != nil || d.logins[known.URI][1] != "new" {
		t.Errorf("a saved password was lost: %v, %v", d.logins, err)
	}
	if d.reopened != 0 {
		t.Error("another source was disturbed")
	}
}

func TestBadAddressIsAClearFaultWithoutThePassword(t *testing.T) {
	d := sit(t)
	for _, typed := range []string{"", "rtsp://", "rtsp://me:hunter2@", "rtsp://me:hunter2@[door/", "telnet://me:hunter2@door/"} {
		_, err := d.SaveAddress(Address{URL: typed})
		f := fault.From(err)
		if f == nil || f.Blame != fault.Question || strings.Contains(f.Message+f.Hint, "hunter2") {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if len(d.logins) != 0 {
		t.Errorf("kept %v", d.logins)
	}
}

func TestPictureIsKeptAsItIsSeen(t *testing.T) {
	d := sit(t)
	if _, err := d.SavePicture(); fault.CodeOf(err) != "picture.none" {
		t.Errorf("without a picture: %v", err)
	}
	d.picture = sight.FromYCbCr(image.NewYCbCr(image.Rect(0, 0, 64, 36), image.YCbCrSubsampleRatio420))
	var paths []string
	for range 3 { // within a second
		path, err := d.SavePicture()
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for i, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := sight.FromJPEG(data); err != nil || p == nil {
			t.Errorf("picture %d is no JPEG: %v", i, err)
		}
	}
	if left, _ := os.ReadDir(d.folder); len(left) != 3 {
		t.Errorf("%d files are there", len(left))
	}
	if err := d.RevealPicture(paths[1]); err != nil || d.revealed != paths[1] {
		t.Errorf("revealed %q, %v", d.revealed, err)
	}
	if err := d.RevealPicture("/etc/passwd"); err == nil {
		t.Error("a file from elsewhere is shown")
	}
}

func TestFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	d := sit(t)
	d.picture = sight.FromYCbCr(image.NewYCbCr(image.Rect(0, 0, 64, 36), image.YCbCrSubsampleRatio420))
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.folder = filepath.Join(file, "below")
	_, err := d.SavePicture()
	if f := fault.From(err); f == nil || f.Code != "picture.unkept" || !strings.Contains(f.Message, d.folder) {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeListedIsSaid(t *testing.T) {
	d := sit(t)
	d.c.Table[0].Devices = func(context.Context) ([]capture.Device, error) { return nil, errors.New("no bus") }
	if l := d.List(); l.Fault == nil || l.Devices == nil {
		t.Errorf("got %+v", l)
	}
}
