package capture_test

import (
	"strings"
	"testing"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

// addressesWithFields are as they are typed, with "me" and "p_&w" as login, and as they are kept.
var addressesWithFields = map[string]string{
	"http://door/videostream.cgi?user=me&pwd=p_%26w&rate=0":                "http://door/videostream.cgi?user=&pwd=&rate=0",
	"http://door:81/v?resolution=32&loginuse=me&loginpas=p_%26w":           "http://door:81/v?resolution=32&loginuse=&loginpas=",
	"rtsp://door/user=me&password=p_%26w&channel=1&stream=0.sdp?real":      "rtsp://door/user=&password=&channel=1&stream=0.sdp?real",
	"rtsp://door:554/a/cam?Username=me;Password=p_%26w#transport=udp":      "rtsp://door:554/a/cam?Username=;Password=#transport=udp",
	"rtsp://door/user=me_password=p%5F%26w_channel=1.sdp":                  "rtsp://door/user=_password=_channel=1.sdp",
	"http://me:p_&w@door/user.jpg?user_id=3&compass=n&bypass=1&x=password": "http://door/user.jpg?user_id=3&compass=n&bypass=1&x=password",
}

func TestLoginIsTakenOutOfAnAddress(t *testing.T) {
	for typed, want := range addressesWithFields {
		uri, user, password, err := capture.SplitLogin(typed)
		if err != nil || user != "me" || password != "p_&w" || uri != want {
			t.Errorf("%s gave %s, %q, %q, %v", typed, uri, user, password, err)
		}
	}
}

func TestLoginIsFilledInWhereTheAddressHasPlacesForIt(t *testing.T) {
	for typed, kept := range addressesWithFields {
		typed, _, _ = strings.Cut(typed, "#")
		typed = strings.NewReplacer("me:p_&w@", "", "%5F", "_").Replace(typed)
		kept, _, _ = strings.Cut(kept, "#")
		address := parse(t, kept)
		if got := capture.Fill(address, "me", "p_&w").String(); got != typed {
			t.Errorf("%s was filled as %s, want %s", kept, got, typed)
		}
		if address.String() != kept {
			t.Errorf("the address itself is %s now", address)
		}
	}
}

func TestSecretInAFieldOfAnAddressIsRefusedAndNotRepeated(t *testing.T) {
	for _, typed := range []string{
		"http://door/v.cgi?user=me&pwd=geheim", "rtsp://door/user=me&password=geheim&channel=1.sdp", "rtsp://door/user=me_password=geheim_channel=1.sdp",
		"https://door/x?token=geheim", "rtsp://door/?PWD=geheim",
	} {
		u, err := capture.ParseURI(typed)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = u.Address()
		wantFault(t, typed, err, capture.CodePassword)
		if f := fault.From(err); strings.Contains(f.Message+f.Hint, "geheim") || !strings.Contains(f.Hint, "sightline-cli login") {
			t.Errorf("%s: the fault says %q, %q", typed, f.Message, f.Hint)
		}
	}
}

func TestAddressWhoseFieldsAreEmptyOpens(t *testing.T) {
	for _, kept := range addressesWithFields {
		u, err := capture.ParseURI(kept)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := u.Address(); err != nil {
			t.Errorf("%s: %v", kept, err)
		}
	}
}

func FuzzLoginLeavesNothingBehind(f *testing.F) {
	for typed := range addressesWithFields {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		uri, _, _, err := capture.SplitLogin(typed)
		if err != nil {
			return
		}
		if again, user, password, err := capture.SplitLogin(uri); err != nil || password != "" || again != uri {
			t.Errorf("%q became %q, then %q, %q, %q, %v", typed, uri, again, user, password, err)
		}
	})
}
