package mjpeg

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/icholy/digest"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
)

// locked is a camera behind a login; it counts who comes with one, and notes whether a password passed that could be read.
type locked struct {
	inside    http.Handler
	wants     string // the challenge
	tries     atomic.Int32
	readable  atomic.Bool
	challenge int32 // of a digest, how many tries each is good for; 0: any number
}

func (l *locked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	given := r.Header.Get("Authorization")
	if given != "" {
		l.tries.Add(1)
	}
	if _, password, ok := r.BasicAuth(); ok {
		l.readable.Store(true)
		if strings.Contains(l.wants, "Basic") && password == secret {
			l.inside.ServeHTTP(w, r)
			return
		}
	}
	if strings.Contains(l.wants, "Digest") && l.proves(r, given) {
		l.inside.ServeHTTP(w, r)
		return
	}
	for _, way := range strings.Split(l.nonce(l.wants), "\n") {
		w.Header().Add("WWW-Authenticate", way)
	}
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, secret)
}

func (l *locked) nonce(s string) string {
	age := int32(0)
	if l.challenge > 0 {
		age = l.tries.Load() / l.challenge
	}
	return strings.ReplaceAll(s, "NONCE", fmt.Sprintf("n%d", age))
}

func (l *locked) proves(r *http.Request, given string) bool {
	got, err := digest.ParseCredentials(given)
	if err != nil {
		return false
	}
	_, way, _ := strings.Cut(l.nonce(l.wants), "Digest ")
	way, _, _ = strings.Cut(way, "\n")
	challenge, err := digest.ParseChallenge("Digest " + way)
	if err != nil {
		return false
	}
	want, err := digest.Digest(challenge, digest.Options{
		Method: r.Method, URI: r.URL.RequestURI(), Count: got.Nc, Cnonce: got.Cnonce, Username: "me", Password: secret,
	})
	return err == nil && want.Response == got.Response
}

const (
	byBasic  = `Basic realm="camera"`
	byDigest = `Digest realm="camera", nonce="NONCE", qop="auth", algorithm=MD5`
)

func TestLoginIsGivenAsTheCameraWantsIt(t *testing.T) {
	for name, wants := range map[string]string{
		"basic": byBasic, "digest": byDigest, "both": byBasic + "\n" + byDigest, "old digest": `Digest realm="camera", nonce="NONCE"`,
		"sha": strings.Replace(byDigest, "MD5", "SHA-256", 1),
	} {
		t.Run(name, func(t *testing.T) {
			camera := &locked{inside: streams(t, 60), wants: wants}
			frames, err := capturetest.Look(t, opened(t, serve(t, camera)+"/a?b=c", as("me", secret)), 2)
			if err != nil || len(frames) != 2 || camera.tries.Load() != 1 {
				t.Errorf("%d frames after %d tries, %v", len(frames), camera.tries.Load(), err)
			}
			if camera.readable.Load() != (name == "basic") {
				t.Error("the password passed readable where it need not have, or not where it must")
			}
		})
	}
}

// TestLoginIsFilledInWhereTheCameraWantsItInTheAddress, and stands in no fault.
func TestLoginIsFilledInWhereTheCameraWantsItInTheAddress(t *testing.T) {
	inside := streams(t, 60)
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("user") != "me" || q.Get("pwd") != secret || q.Get("rate") != "0" {
			http.Error(w, r.URL.String(), http.StatusForbidden)
			return
		}
		inside.ServeHTTP(w, r)
	})) + "/videostream.cgi?user=&pwd=&rate=0"
	if frames, err := capturetest.Look(t, opened(t, address, as("me", secret)), 2); err != nil || len(frames) != 2 {
		t.Errorf("%d frames, %v", len(frames), err)
	}
	_, err := capturetest.Look(t, opened(t, address, as("me", "wr0ng")), 1)
	if f := fault.From(err); err == nil || strings.Contains(fmt.Sprint(f.Message, f.Hint, f.Cause), "wr0ng") {
		t.Errorf("the wrong one gives %v", err)
	}
}

func TestWrongLoginIsTriedOnceAndTold(t *testing.T) {
	for _, wants := range []string{byBasic, byDigest, "Bearer"} {
		camera := &locked{inside: streams(t, 60), wants: wants}
		_, err := capturetest.Look(t, opened(t, serve(t, camera), as("me", "wrong")), 1)
		capturetest.WantFault(t, err, capture.CodeLogin, fault.Question)
		if f := fault.From(err); !strings.Contains(f.Message, "does not accept") || !strings.Contains(f.Hint, "sightline-cli login http://127.0.0.1:") {
			t.Errorf("it says %q, %q", f.Message, f.Hint)
		}
		if n := camera.tries.Load(); n > 1 {
			t.Errorf("%s: tried %d times", wants, n)
		}
	}
}

func TestMissingLoginIsAskedFor(t *testing.T) {
	camera := &locked{inside: streams(t, 60), wants: byBasic}
	for _, login := range []capture.Login{nil, as("", "")} {
		_, err := capturetest.Look(t, opened(t, serve(t, camera), login), 1)
		capturetest.WantFault(t, err, capture.CodeLogin, fault.Question)
		if f := fault.From(err); !strings.Contains(f.Message, "wants a user name and password") {
			t.Errorf("it says %q", f.Message)
		}
	}
	if n := camera.tries.Load(); n > 0 {
		t.Errorf("a login was made up %d times", n)
	}
}

// TestKeyringThatFailsMattersOnlyWhereALoginIsWanted: a camera without a login needs no keyring.
func TestKeyringThatFailsMattersOnlyWhereALoginIsWanted(t *testing.T) {
	trouble := &fault.Error{Code: "keys.locked", Message: "The keyring is locked.", Hint: "Unlock it.", Blame: fault.Us}
	login := func(context.Context, string) (string, string, error) { return "", "", trouble }
	if _, err := capturetest.Look(t, opened(t, serve(t, streams(t, 60)), login), 1); err != nil {
		t.Error(err)
	}
	_, err := capturetest.Look(t, opened(t, serve(t, &locked{inside: streams(t, 60), wants: byBasic}), login), 1)
	capturetest.WantFault(t, err, "keys.locked", fault.Us)
}

// TestChallengeThatGrowsOldIsAnsweredAnew is a camera of single pictures that wants another digest every third time.
func TestChallengeThatGrowsOldIsAnsweredAnew(t *testing.T) {
	data := shot(t, 1)
	camera := &locked{wants: byDigest, challenge: 3, inside: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(data)
	})}
	if frames, err := capturetest.Look(t, opened(t, serve(t, camera)+"#fps=30", as("me", secret)), 8); err != nil || len(frames) != 8 {
		t.Errorf("%d frames, %v", len(frames), err)
	}
}

func TestLoginIsLookedUpForTheOriginAlone(t *testing.T) {
	asked := ""
	login := func(_ context.Context, origin string) (string, string, error) { asked = origin; return "", "", nil }
	address := serve(t, streams(t, 60))
	if _, err := capturetest.Look(t, opened(t, address+"/a?b=c", login), 1); err != nil || asked != address {
		t.Errorf("asked for %q, %v", asked, err)
	}
}

func TestRedirectIsFollowedAtHomeOnly(t *testing.T) {
	var abroad atomic.Int32
	other := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { abroad.Add(1) }))
	inside := http.NewServeMux()
	inside.Handle("/new", streams(t, 60))
	inside.Handle("/old", http.RedirectHandler("/new", http.StatusFound))
	inside.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	inside.Handle("/away", http.RedirectHandler(other+"/?pwd="+secret, http.StatusTemporaryRedirect))
	for _, wants := range []string{byBasic, byDigest} {
		home := serve(t, &locked{inside: inside, wants: wants})
		if frames, err := capturetest.Look(t, opened(t, home+"/old", as("me", secret)), 2); err != nil || len(frames) != 2 {
			t.Errorf("at home: %d frames, %v", len(frames), err)
		}
		for _, path := range []string{"/away", "/round"} {
			_, err := capturetest.Look(t, opened(t, home+path, as("me", secret)), 1)
			capturetest.WantFault(t, err, codeRedirect, fault.Question)
		}
	}
	if n := abroad.Load(); n > 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

func TestNothingIsUnfolded(t *testing.T) {
	var wanted atomic.Value
	inside := streams(t, 60)
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wanted.Store(r.Header.Get("Accept-Encoding"))
		inside.ServeHTTP(w, r)
	}))
	if _, err := capturetest.Look(t, opened(t, address, nil), 1); err != nil || wanted.Load() != "" {
		t.Errorf("compressed pictures are asked for: %q, %v", wanted.Load(), err)
	}
}
