package keys

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"

	"sightline/backend/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	owner  = "https://api.example.com:443"
	secret = "sk-live-4242"
)

// fakeRing is a keyring in memory that fails, hangs or panics as it is told.
type fakeRing struct {
	fail   error
	panics bool
	hang   chan struct{} // while open, calls wait for it

	mu     sync.Mutex
	saved  map[string]string
	inside int // calls that have not returned
	most   int // the most there ever were at once
}

func (r *fakeRing) enter() error {
	r.mu.Lock()
	r.inside++
	r.most = max(r.most, r.inside)
	r.mu.Unlock()
	if r.hang != nil {
		<-r.hang
	}
	r.mu.Lock()
	r.inside--
	r.mu.Unlock()
	if r.panics {
		panic("an interface is something else: " + secret)
	}
	return r.fail
}

func (r *fakeRing) Get(_, user string) (string, error) {
	if err := r.enter(); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.saved[user]; ok {
		return s, nil
	}
	return "", keyring.ErrNotFound
}

func (r *fakeRing) Set(_, user, s string) error {
	if err := r.enter(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.saved == nil {
		r.saved = map[string]string{}
	}
	r.saved[user] = s
	return nil
}

func (r *fakeRing) Delete(_, user string) error {
	if err := r.enter(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.saved[user]; !ok {
		return keyring.ErrNotFound
	}
	delete(r.saved, user)
	return nil
}

func set(t *testing.T, k *Keys, s string) (persisted bool) {
	t.Helper()
	persisted, err := k.Set(t.Context(), owner, s)
	if err != nil {
		t.Fatal(err)
	}
	return persisted
}

func get(t *testing.T, k *Keys) string {
	t.Helper()
	key, err := k.Get(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	return key.Reveal()
}

func TestKeyIsSavedForItsOriginAlone(t *testing.T) {
	keyring.MockInit()
	k := New(librarysOwn{})
	if !set(t, k, " "+secret+"\n") {
		t.Error("not persisted, and the keyring works")
	}

	for url, want := range map[string]string{
		"https://api.example.com/v1":       secret,
		"HTTPS://API.example.com:443":      secret,
		"http://api.example.com":           "",
		"https://api.example.com:8443":     "",
		"https://api.example.com.evil.org": "",
	} {
		key, err := k.Get(t.Context(), url)
		if err != nil || key.Reveal() != want || k.Has(t.Context(), url) != (want != "") {
			t.Errorf("%s: a key %v, error %v; want a key %v", url, !key.Empty(), err, want != "")
		}
	}
	if got := get(t, New(librarysOwn{})); got != secret {
		t.Error("the key did not outlive the run")
	}
	for range 2 {
		if err := k.Delete(t.Context(), owner); err != nil {
			t.Error(err)
		}
	}
	if got := get(t, k); got != "" {
		t.Error("the key outlived Delete")
	}
}

// librarysOwn is go-keyring with its own mock beneath it.
type librarysOwn struct{}

func (librarysOwn) Get(service, user string) (string, error) {
	return keyring.Get(service, user)
}

func (librarysOwn) Set(service, user, s string) error {
	return keyring.Set(service, user, s)
}

func (librarysOwn) Delete(service, user string) error {
	return keyring.Delete(service, user)
}

func TestWithoutAKeyringTheKeyLastsForThisRun(t *testing.T) {
	k := New(&fakeRing{fail: errNoKeyring})
	if !k.Persistent() {
		t.Error("called not persistent before anything was tried")
	}
	if got := get(t, k); got != "" {
		t.Errorf("a key out of nowhere")
	}
	if set(t, k, secret) || k.Persistent() || fault.CodeOf(k.Trouble()) != CodeNone {
		t.Errorf("persistent %v, trouble %v; want it said that there is none", k.Persistent(), k.Trouble())
	}
	if got := get(t, k); got != secret {
		t.Error("the key did not last for this run")
	}
	if err := k.Delete(t.Context(), owner); err != nil {
		t.Error(err)
	}
	if got := get(t, k); got != "" {
		t.Error("the key outlived Delete")
	}
}

func TestKeyringThatComesBackTakesTheKeyOver(t *testing.T) {
	ring := &fakeRing{fail: errors.New("out of order")}
	k := New(ring)
	if set(t, k, "old") {
		t.Error("persisted by a broken keyring")
	}
	ring.fail = nil
	if !set(t, k, secret) || !k.Persistent() {
		t.Error("not persisted by a working keyring")
	}
	ring.saved[owner] = "changed by another window"
	if got := get(t, k); got != "changed by another window" {
		t.Error("the key of this run still hides the saved one")
	}
}

func TestEachTroubleHasItsCode(t *testing.T) {
	for code, ring := range map[string]*fakeRing{
		CodeLocked: {fail: errors.New("failed to unlock correct collection '/x'")},
		CodeFailed: {fail: errors.New("disk on fire")},
	} {
		k := New(ring)
		if _, err := k.Get(t.Context(), owner); fault.CodeOf(err) != code {
			t.Errorf("Get: %v, want %s", err, code)
		}
		if err := k.Delete(t.Context(), owner); fault.CodeOf(err) != code {
			t.Errorf("Delete: %v, want %s", err, code)
		}
		if got := get(t, k); got != "" {
			t.Error("a deleted key is back in the same run")
		}
	}
	for _, none := range []error{
		keyring.ErrUnsupportedPlatform,
		errors.New("The name org.freedesktop.secrets was not provided by any .service files"),
	} {
		if trouble := explain(none, ""); trouble.Code != CodeNone {
			t.Errorf("%v: %s", none, trouble.Code)
		}
	}
}

func TestHungKeyringIsWaitedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring := &fakeRing{hang: make(chan struct{})}
		k := New(ring)

		for i, wait := range []time.Duration{readWait, 0, 0} {
			before := time.Now()
			_, err := k.Get(t.Context(), owner)
			if took := time.Since(before); fault.CodeOf(err) != CodeLocked || took != wait {
				t.Errorf("Get %d: %v after %v, want %s after %v", i, err, took, CodeLocked, wait)
			}
		}
		before := time.Now()
		if set(t, k, secret) || time.Since(before) != 0 || get(t, k) != secret {
			t.Error("Set did not keep the key for this run at once")
		}

		close(ring.hang)
		synctest.Wait()
		if !set(t, k, secret) || ring.most != 1 {
			t.Errorf("after the keyring came back: %v; %d calls at once", k.Trouble(), ring.most)
		}
	})
}

func TestPersonHasTimeToUnlockWhenSaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring := &fakeRing{hang: make(chan struct{})}
		k := New(ring)
		time.AfterFunc(25*time.Second, func() { close(ring.hang) })

		saved := make(chan bool)
		go func() { saved <- set(t, k, secret) }()
		synctest.Wait()
		before := time.Now()
		if _, err := k.Get(t.Context(), owner); fault.CodeOf(err) != CodeLocked || time.Since(before) != readWait {
			t.Errorf("a reader behind the dialog: %v after %v", err, time.Since(before))
		}
		if !<-saved || get(t, k) != secret {
			t.Error("typed within 25 s, and not saved")
		}
	})
}

func TestManyReadersTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring := &fakeRing{saved: map[string]string{owner: secret}}
		k := New(ring)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if key, err := k.Get(t.Context(), owner); err != nil || key.Reveal() != secret {
					t.Errorf("got a key %v, %v", !key.Empty(), err)
				}
			})
		}
		wg.Wait()
		if ring.most != 1 {
			t.Errorf("%d calls at once", ring.most)
		}
	})
}

func TestCallerWhoLeavesDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring := &fakeRing{hang: make(chan struct{})}
		k := New(ring)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		before := time.Now()
		if _, err := k.Get(ctx, owner); err == nil || time.Since(before) != time.Second {
			t.Errorf("%v after %v", err, time.Since(before))
		}
		close(ring.hang)
	})
}

func TestPanicInTheKeyringsClientIsAFault(t *testing.T) {
	k := New(&fakeRing{panics: true})
	_, err := k.Get(t.Context(), owner)
	if fault.CodeOf(err) != CodeFailed || strings.Contains(fmt.Sprintf("%+v", errors.Unwrap(err)), secret) {
		t.Errorf("got %v", err)
	}
}

func TestNoKeyIsEverPrinted(t *testing.T) {
	key := NewKey(secret)
	type holder struct {
		Shown  Key
		hidden Key
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t", "%10.3s"} {
		fmt.Fprintf(&out, verb+verb+verb, key, &key, holder{key, key})
	}
	encoded, err := json.Marshal(map[string]any{"key": key, "holder": holder{key, key}})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	slog.New(slog.NewTextHandler(&out, nil)).Info("asked", "key", key, "holder", holder{key, key})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("asked", "key", key, "holder", holder{key, key})

	if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
		t.Errorf("the key is in:\n%s", out.String())
	}
}

func TestNoKeyIsInAnError(t *testing.T) {
	k := New(&fakeRing{fail: errors.New("cannot store " + secret)})
	set(t, k, secret)
	_, bad := k.Set(t.Context(), owner, secret+" "+secret)
	_, badOrigin := k.Set(t.Context(), "ftp://person:"+secret+"@example.com", secret)
	for _, err := range []error{k.Trouble(), bad, badOrigin} {
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Fatalf("no fault: %v", err)
		}
		if text := fmt.Sprintf("%+v %v", *f, f.Cause); strings.Contains(text, secret) {
			t.Errorf("the key is in %q", text)
		}
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	k := New(&fakeRing{})
	for _, bad := range []string{"", "  ", "two words", "line\nbreak", "schlüssel", strings.Repeat("k", maxKey+1)} {
		if persisted, err := k.Set(t.Context(), owner, bad); persisted || fault.CodeOf(err) != CodeBad {
			t.Errorf("%.20q: %v, %v", bad, persisted, err)
		}
	}
}

func TestOriginOfAURL(t *testing.T) {
	for url, want := range map[string]string{
		"https://host":                     "https://host:443",
		"http://host/v1":                   "http://host:80",
		"HTTP://LocalHost:11434/v1/chat":   "http://localhost:11434",
		"https://me:pass@host/?q#f":        "https://host:443",
		"http://[::1]:8000":                "http://[::1]:8000",
		"https://[FE80::1]":                "https://[fe80::1]:443",
		"ftp://host":                       "",
		"host:443":                         "",
		"":                                 "",
		"https://":                         "",
		"https://host:port":                "",
		"javascript:alert(1)":              "",
		"https://host\n.evil.example:443/": "",
	} {
		got, err := Origin(url)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", url, got, err, want)
		}
	}
}

func FuzzOrigin(f *testing.F) {
	f.Add("https://host/v1")
	f.Add("http://[::1%25eth0]:80")
	f.Fuzz(func(t *testing.T, url string) {
		got, err := Origin(url)
		if err != nil {
			return
		}
		if again, err := Origin(got); err != nil || again != got {
			t.Errorf("the origin of %q is %q, and its is %q, %v", url, got, again, err)
		}
	})
}
