package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"

	"sightline/backend/fault"
)

// handOver brings what one process holds to another one, which has a keyring of its own.
func handOver(t *testing.T, from, to *Keys) {
	t.Helper()
	handed, err := from.Hand()
	if err != nil {
		t.Fatal(err)
	}
	var pipe bytes.Buffer
	if _, err := handed.WriteTo(&pipe); err != nil {
		t.Fatal(err)
	}
	if err := to.Take(&pipe); err != nil {
		t.Fatal(err)
	}
}

func TestKeyHeldForThisRunReachesTheNextWindow(t *testing.T) {
	one, two := New(&fakeRing{fail: errNoKeyring}), New(&fakeRing{fail: errNoKeyring})
	set(t, one, secret)
	handOver(t, one, two)
	if got := get(t, two); got != secret {
		t.Error("the key did not arrive")
	}
	if two.Has(t.Context(), "https://api.example.com:8443") {
		t.Error("the key is there for another origin too")
	}
	if err := two.Delete(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	if got := get(t, one); got != secret {
		t.Error("removed in one window, gone in the other")
	}
}

func TestKeyRemovedForThisRunStaysRemovedInTheNextWindow(t *testing.T) {
	stuck := &fakeRing{fail: errors.New("out of order"), saved: map[string]string{owner: secret}}
	one, two := New(stuck), New(&fakeRing{saved: map[string]string{owner: secret}})
	if err := one.Delete(t.Context(), owner); err == nil {
		t.Fatal("removed from a broken keyring")
	}
	handOver(t, one, two)
	if got := get(t, two); got != "" {
		t.Error("the new window uses a key that the person removed")
	}
}

func TestKeysThatAreSavedAreNotHandedOver(t *testing.T) {
	k := New(&fakeRing{saved: map[string]string{}})
	set(t, k, secret)
	if handed, err := k.Hand(); err != nil || !handed.Empty() {
		t.Errorf("%v, %v; the keyring has them", handed, err)
	}
}

func TestHandedKeysAreNeverPrinted(t *testing.T) {
	k := New(&fakeRing{fail: errNoKeyring})
	set(t, k, secret)
	handed, err := k.Hand()
	if err != nil || handed.Empty() {
		t.Fatal(handed, err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb, handed, &handed)
	}
	encoded, err := json.Marshal(map[string]any{"handed": handed})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("opened", "with", handed)
	if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
		t.Errorf("the key is in:\n%s", out.String())
	}
}

func TestWhatIsNoKeyIsNotTaken(t *testing.T) {
	good := `{"origin":"` + owner + `","key":"` + secret + `"}`
	for name, content := range map[string]string{
		"nothing":                "",
		"no list":                "{}",
		"cut off":                "[" + good,
		"a path for an origin":   `[` + good + `,{"origin":"https://api.example.com/v1","key":"k"}]`,
		"an origin of elsewhere": `[` + good + `,{"origin":"ftp://example.com","key":"k"}]`,
		"two words":              `[` + good + `,{"origin":"https://a:443","key":"` + secret + ` b"}]`,
		"too many":               "[" + good + strings.Repeat(" ", maxHanded) + "]",
	} {
		k := New(&fakeRing{fail: errNoKeyring})
		err := k.Take(strings.NewReader(content))
		if fault.CodeOf(err) != CodeHanded || strings.Contains(fmt.Sprintf("%+v", err), secret) {
			t.Errorf("%s: %v", name, err)
		}
		if get(t, k) != "" {
			t.Errorf("%s: half of it was taken", name)
		}
	}
	if err := New(&fakeRing{}).Take(iotest.ErrReader(errors.New("broken pipe"))); fault.CodeOf(err) != CodeHanded {
		t.Errorf("a broken pipe: %v", err)
	}
}

func TestMoreKeysThanAPipeTakesAreAFault(t *testing.T) {
	k := New(&fakeRing{fail: errNoKeyring})
	for n := range 10 {
		if _, err := k.Set(t.Context(), fmt.Sprintf("https://host-%d", n), strings.Repeat("k", maxKey)); err != nil {
			t.Fatal(err)
		}
	}
	if handed, err := k.Hand(); fault.CodeOf(err) != CodeHanded || !handed.Empty() {
		t.Errorf("%v, %v", handed, err)
	}
}
