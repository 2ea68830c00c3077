package keys

import (
	"strings"
	"testing"

	"sightline/backend/fault"
)

func TestLoginIsKeptApartFromAServersKeyAtTheSamePlace(t *testing.T) {
	k := New(&fakeRing{})
	if _, err := k.Set(t.Context(), "http://door:80", "a-servers-key"); err != nil {
		t.Fatal(err)
	}
	if k.HasLogin(t.Context(), "http://door/video") {
		t.Error("a server's key passes for a camera's login")
	}
	if _, err := k.SetLogin(t.Context(), "http://door/video", "me", "pä ss:w@rd%"); err != nil {
		t.Fatal(err)
	}
	user, password, err := k.Login(t.Context(), "http://DOOR:80/other")
	if err != nil || user != "me" || password != "pä ss:w@rd%" {
		t.Errorf("got %q, %q, %v", user, password, err)
	}
	if key, err := k.Get(t.Context(), "http://door"); err != nil || key.Reveal() != "a-servers-key" {
		t.Errorf("the server's key is %v, %v", key, err)
	}
	if k.HasLogin(t.Context(), "rtsp://door/") || k.HasLogin(t.Context(), "http://door:81/") {
		t.Error("a login is found for another scheme or port")
	}
	if err := k.DeleteLogin(t.Context(), "http://door/video"); err != nil || k.HasLogin(t.Context(), "http://door/") {
		t.Errorf("forgetting: %v", err)
	}
}

func TestLoginOfWhatIsNoCameraIsRefusedWithoutRepeatingIt(t *testing.T) {
	k := New(&fakeRing{})
	for _, c := range []struct{ address, user, password string }{
		{"ftp://door/", "me", "hunter2"}, {"", "me", "hunter2"}, {"rtsp://door/", "", ""}, {"rtsp://door/", "me", strings.Repeat("hunter2", 1000)},
	} {
		_, err := k.SetLogin(t.Context(), c.address, c.user, c.password)
		f := fault.From(err)
		if f == nil || f.Code != CodeBad || strings.Contains(f.Message+f.Hint, "hunter2") {
			t.Errorf("%q: %v", c.address, err)
		}
	}
	if _, _, err := ReadLogin("me:%zz"); fault.CodeOf(err) != CodeBad {
		t.Errorf("got %v", err)
	}
}
