package openai

import (
	"net/url"
	"strings"
	"testing"

	"sightline/backend/fault"
	"sightline/backend/origin"
)

func TestForgivingAddresses(t *testing.T) {
	cases := map[string]string{
		"localhost:8000":                                    "http://localhost:8000/v1",
		" http://localhost:8000/ ":                          "http://localhost:8000/v1",
		"http://localhost:8000/v1":                          "http://localhost:8000/v1",
		"http://localhost:8000/v1/":                         "http://localhost:8000/v1",
		"http://localhost:8000/v1//":                        "http://localhost:8000/v1",
		"http://localhost:8000/v1/chat/completions":         "http://localhost:8000/v1",
		"http://localhost:8000/chat/completions/":           "http://localhost:8000/v1",
		"http://localhost:11434/v1/models":                  "http://localhost:11434/v1",
		"http://localhost:11434/api/chat":                   "http://localhost:11434/v1",
		"http://localhost:8080/#/chat/17":                   "http://localhost:8080/v1",
		"HTTP://LocalHost:80/v1":                            "http://localhost/v1",
		"http://0.0.0.0:8000":                               "http://127.0.0.1:8000/v1",
		"192.168.1.7:8000":                                  "http://192.168.1.7:8000/v1",
		"workstation:8000/v1":                               "http://workstation:8000/v1",
		"[::1]:8000":                                        "http://[::1]:8000/v1",
		"http://[::]:8000":                                  "http://[::1]:8000/v1",
		"http://[fe80::1]":                                  "http://[fe80::1]/v1",
		"api.openai.com":                                    "https://api.openai.com/v1",
		"https://api.openai.com:443/v1":                     "https://api.openai.com/v1",
		"https://api.groq.com/openai/v1":                    "https://api.groq.com/openai/v1",
		"https://host/openai":                               "https://host/openai",
		"https://openrouter.ai/api/v1/chat/completions":     "https://openrouter.ai/api/v1",
		"https://generativelanguage.example/v1beta/openai/": "https://generativelanguage.example/v1beta/openai",
		"https://host/serving/chat/completions":             "https://host/serving",
	}
	for typed, want := range cases {
		got, err := ParseBase(typed)
		if err != nil || got.String() != want {
			t.Errorf("%q became %v (%v), not %s", typed, got, err, want)
			continue
		}
		if again, err := ParseBase(got.String()); err != nil || again.String() != want {
			t.Errorf("%q, typed again, became %v (%v)", got, again, err)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, typed := range []string{
		"", "   ", "ftp://host", "file:///etc/passwd", "http://", "http://user:sk-secret@host", "user:sk-secret@host:8000", "http://host?key=sk-secret",
		"localhost:8000/v1?api_key=sk-secret", "http://host:99999", "http://host:0", "http://ho st", "http://host:port", "http://[::1", "javascript:alert(1)", "http://a%20b",
	} {
		got, err := ParseBase(typed)
		f := fault.From(err)
		if f == nil || f.Code != "backend.address" || f.Hint == "" || f.Blame != fault.Question {
			t.Errorf("%q became %v (%v)", typed, got, err)
		} else if strings.Contains(f.Message+f.Hint, "secret") || f.Cause != nil {
			t.Errorf("%q is given away: %+v", typed, f)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": false, "127.0.0.1": false, "127.8.8.8": false, "[::1]": false, "10.1.2.3": false, "192.168.1.7": false, "172.20.0.1": false,
		"169.254.1.1": false, "[fe80::1]": false, "[fd00::1]": false, "[::ffff:192.168.1.7]": false, "box.local": false, "box.lan": false,
		"workstation": false, "box.local.": false, "0.0.0.0": false,
		"api.openai.com": true, "8.8.8.8": true, "[2001:4860:4860::8888]": true, "[::ffff:8.8.8.8]": true, "172.32.0.1": true, "example.lan.com": true,
		"134744072": true, "0x08080808": true, "local": false,
	} {
		if got := Public(&url.URL{Scheme: "http", Host: host}); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

func FuzzParseBase(f *testing.F) {
	for _, seed := range []string{"localhost:8000", "https://host/openai/v1", "http://u:p@h", "http://[::1]:8000/chat/completions", "a b", "//x", "http://h/%2f", "::"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		base, err := ParseBase(typed)
		if err != nil {
			if fault.CodeOf(err) != "backend.address" {
				t.Errorf("%q: %v", typed, err)
			}
			return
		}
		if base.User != nil || base.RawQuery != "" || base.Hostname() == "" || base.Scheme != "http" && base.Scheme != "https" {
			t.Errorf("%q became %q", typed, base)
		}
		again, err := ParseBase(base.String())
		if err != nil || again.String() != base.String() || !origin.Same(again, base) {
			t.Errorf("%q became %q, and then %v (%v)", typed, base, again, err)
		}
	})
}
