package capture_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

func TestNetworkAddressesKeepTheirQueryAndGiveTheirOptions(t *testing.T) {
	u, err := capture.ParseURI("rtsp://Door:8554/live?channel=1#transport=udp&patience=5")
	if err != nil {
		t.Fatal(err)
	}
	address, options, err := u.Address()
	if err != nil || address.String() != "rtsp://Door:8554/live?channel=1" || options.Get("transport") != "udp" || options.Get("patience") != "5" {
		t.Errorf("got %v, %v, %v", address, options, err)
	}
}

func TestPasswordInAnAddressIsRefusedAndNotRepeated(t *testing.T) {
	for _, typed := range []string{
		"rtsp://me:geheim@door/live", "rtsp://geheim@door", "http://me:1#geheim@door/", "http://me:geheim@door/geheim?pwd=geheim", "https://:geheim@door",
	} {
		u, err := capture.ParseURI(typed)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = u.Address()
		wantFault(t, typed, err, capture.CodePassword)
		if f := fault.From(err); strings.Contains(f.Message+f.Hint, "geheim") {
			t.Errorf("%s: the fault says %q, %q", typed, f.Message, f.Hint)
		}
	}
}

func TestWhatIsNoAddressIsAClearFault(t *testing.T) {
	for _, typed := range []string{"rtsp://", "http:///path", "rtsp://me:ge#heim@door/", "rtsp://a b/", "rtsp://door:port/", "http://%zz/"} {
		u, err := capture.ParseURI(typed)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = u.Address()
		wantFault(t, typed, err, "source.address")
		if f := fault.From(err); strings.Contains(f.Message+f.Hint, "heim") {
			t.Errorf("%s: the fault says %q, %q", typed, f.Message, f.Hint)
		}
	}
}

func TestLoginIsNeverShown(t *testing.T) {
	for uri, want := range map[string]string{
		"rtsp://me:pw@door/live?x=1": "rtsp://door/live?x=1",
		"rtsp://me:p#w@door/live":    "rtsp://door/live",
		"rtsp://me:p/w@door/live":    "rtsp://door/live",
		"rtsp://me:p?w@door/live":    "rtsp://door/live",
		"rtsp://m@e:p@w@door/live":   "rtsp://door/live",
		"http://door/a@2x":           "http://door/a@2x",
		"camera:Logitech":            "camera:Logitech",
	} {
		if got := capture.Shown(uri); got != want {
			t.Errorf("%s is shown as %s, want %s", uri, got, want)
		}
	}
}

func TestPlaceIsReadAndHoldsNoSecret(t *testing.T) {
	for address, want := range map[string]string{
		"rtsp://door:8554/live?token=1": "door:8554/live",
		"http://door/":                  "door",
		"rtsp://door/user=admin&password=x&channel=1.sdp?real": "door",
	} {
		if got := capture.Place(parse(t, address)); got != want {
			t.Errorf("%s is the place %s, want %s", address, got, want)
		}
	}
}

func TestPatienceIsReadWithinItsLimits(t *testing.T) {
	for text, want := range map[string]time.Duration{"2": 2 * time.Second, "60": time.Minute, "2.5": 2500 * time.Millisecond} {
		if got, err := capture.Patience(url.Values{"patience": {text}}); err != nil || got != want {
			t.Errorf("%s gave %v, %v", text, got, err)
		}
	}
	if got, err := capture.Patience(nil); err != nil || got != capture.DefaultPatience {
		t.Errorf("nothing gave %v, %v", got, err)
	}
	for _, text := range []string{"", "1", "61", "NaN", "soon"} {
		_, err := capture.Patience(url.Values{"patience": {text}})
		wantFault(t, text, err, "source.patience")
	}
}

func TestWhyAHostIsNotReachedIsToldWithoutItsAddress(t *testing.T) {
	address := parse(t, "http://door:81/secret/path?token=secret")
	for code, err := range map[string]error{
		"x.refused":     refusal(t),
		"x.nowhere":     &net.DNSError{Err: "no such host", Name: "door", IsNotFound: true},
		"x.silent":      fmt.Errorf("get http://door:81/secret: %w", os.ErrDeadlineExceeded),
		"x.unreachable": errors.New("no route, said http://door:81/secret?token=secret \"twice\" http://secret"),
	} {
		f := fault.From(capture.Unreached("x", address, err))
		said := f.Message + f.Hint
		if f.Cause != nil {
			said += f.Cause.Error()
		}
		if f.Code != code || f.Blame != fault.Source || !strings.Contains(f.Message, "door") || strings.Contains(said, "secret") {
			t.Errorf("%v is told as %s %s: %s", err, f.Code, f.Blame, said)
		}
	}
}

// TestCertificateIsTakenByItsFingerprint goes the way a person goes: the fault names the fingerprint, and with it the connection works.
func TestCertificateIsTakenByItsFingerprint(t *testing.T) {
	own, other := certificate(t), certificate(t)
	trust, err := capture.TrustOf(nil)
	if err != nil {
		t.Fatal(err)
	}
	f := fault.From(capture.Unreached("x", parse(t, "https://door"), shake(trust, own)))
	if f.Code != capture.CodeCertificate || f.Blame != fault.Question {
		t.Fatalf("a certificate nobody vouches for gives %+v", f)
	}
	_, rest, _ := strings.Cut(f.Hint, "#certificate=")
	fingerprint, _, _ := strings.Cut(rest, " ")
	if trust, err = capture.TrustOf(url.Values{"certificate": {fingerprint}}); err != nil {
		t.Fatal(err)
	}
	if err := shake(trust, own); err != nil {
		t.Errorf("the one that was chosen: %v", err)
	}
	if f := fault.From(capture.Unreached("x", parse(t, "https://door"), shake(trust, other))); f.Code != capture.CodeCertificate {
		t.Errorf("another one gives %+v", f)
	}
	if trust, err = capture.TrustOf(url.Values{"certificate": {"any"}}); err != nil || shake(trust, other) != nil {
		t.Errorf("any: %v", err)
	}
	_, err = capture.TrustOf(url.Values{"certificate": {"abcd"}})
	wantFault(t, "abcd", err, "source.option")
}

// shake is how a handshake with who shows that certificate ends.
func shake(trust capture.Trust, shown tls.Certificate) error {
	here, there := net.Pipe()
	defer here.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer there.Close()
		_ = tls.Server(there, &tls.Config{Certificates: []tls.Certificate{shown}, MinVersion: tls.VersionTLS12}).Handshake() // the client's side is looked at
	}()
	c := trust.TLS()
	c.ServerName = "door"
	err := tls.Client(here, c).Handshake()
	here.Close()
	<-done
	return err
}

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"door"}}
	raw, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{bytes.Clone(raw)}, PrivateKey: key}
}

// refusal is what the system says where nobody listens.
func refusal(t *testing.T) error {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err == nil {
		t.Fatal("somebody listens")
	}
	return err
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
