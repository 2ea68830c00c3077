package origin

import (
	"net/url"
	"testing"
)

func TestOriginNamesThePortThatIsMeant(t *testing.T) {
	for address, want := range map[string]string{
		"rtsp://door/live": "rtsp://door:554", "rtsps://door": "rtsps://door:322", "http://DOOR/": "http://door:80",
		"https://[FE80::1]/x": "https://[fe80::1]:443", "http://door:8080/": "http://door:8080", "HTTPS://me:pw@Host/v1?q#f": "https://host:443",
		"ftp://host": "", "https://": "", "host:443": "", "": "", "login+rtsp://door": "",
	} {
		if got := Of(parse(t, address)); got != want {
			t.Errorf("%s has the origin %q, want %q", address, got, want)
		}
	}
}

func TestOriginsAreTheSameOnlyWhereTheyAre(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"https://host/v1", "https://HOST:443/other", true},
		{"https://host", "http://host", false},
		{"https://host", "https://host:8443", false},
		{"https://kiosk.example", "https://\u212aiosk.example", false}, // the Kelvin sign, whose small letter is a k
		{"ftp://host", "ftp://host", false},
		{"", "", false},
	} {
		if got := Same(parse(t, c.a), parse(t, c.b)); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func FuzzOriginIsItsOwn(f *testing.F) {
	f.Add("https://host/v1")
	f.Add("http://[::1%25eth0]:80")
	f.Fuzz(func(t *testing.T, address string) {
		u, err := url.Parse(address)
		if err != nil || Of(u) == "" {
			return
		}
		if again := Of(parse(t, Of(u))); again != Of(u) {
			t.Errorf("the origin of %q is %q, and its is %q", address, Of(u), again)
		}
	})
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
