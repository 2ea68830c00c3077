package openai

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/vlm/vlmtest"
)

// caFile writes a certificate as a person would save it.
func caFile(t *testing.T, certificate *x509.Certificate) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "lab-ca.pem")
	text := "Our own authority\n" + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}))
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestServerWithItsOwnAuthorityIsTrustedByItsFileOnly(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{TLS: true})
	_, err := ask(t, clientOf(t, Config{Base: server.URL}), vlmtest.Question("?"))
	if f := checkFault(t, err, "tls", fault.Backend); !strings.Contains(f.Message, "not trusted") || !strings.Contains(f.Hint, "certificate file") {
		t.Errorf("it says %q and hints %q", f.Message, f.Hint)
	}
	trusting := clientOf(t, Config{Base: server.URL, CAFile: caFile(t, server.Certificate())})
	answered(t, trusting, vlmtest.Question("?"))
	if call := server.Last(); call.Proto != "HTTP/2.0" {
		t.Errorf("it was asked by %s", call.Proto)
	}
	if _, err := trusting.Models(t.Context()); err != nil {
		t.Errorf("no models: %v", err)
	}
}

func TestCertificateFileThatIsNoneIsNamed(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("-----BEGIN NONSENSE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{empty: "There is no certificate in ", empty + ".gone": "cannot be read", t.TempDir(): "cannot be read"} {
		_, err := New(Config{Base: "https://localhost", CAFile: name})
		f := checkFault(t, err, "ca_file", fault.Us)
		if !strings.Contains(f.Message, name) || !strings.Contains(f.Message, says) {
			t.Errorf("%s: it says %q", name, f.Message)
		}
	}
}

func TestWayToTheServerStepByStep(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{TLS: true})
	client := clientOf(t, Config{Base: server.URL, CAFile: caFile(t, server.Certificate())})
	addresses, err := client.Lookup(t.Context())
	if err != nil || len(addresses) != 1 || addresses[0] != "127.0.0.1" {
		t.Errorf("addresses %q, %v", addresses, err)
	}
	address, err := client.Connect(t.Context())
	if err != nil || "https://"+address+"/v1" != server.URL {
		t.Errorf("connected to %s, %v", address, err)
	}
	state, err := client.Handshake(t.Context())
	if err != nil || state.Version != tls.VersionTLS13 || !state.PeerCertificates[0].Equal(server.Certificate()) {
		t.Errorf("agreed on %+v, %v", state, err)
	}
	if n := len(server.Calls()); n != 0 {
		t.Errorf("%d questions were asked", n)
	}
}

func TestStepsThatFailSayWhereTheWayBreaks(t *testing.T) {
	untrusted := vlmtest.Start(t, vlmtest.Script{TLS: true})
	plain := vlmtest.Start(t, vlmtest.Script{})
	lookup := func(c *Client) error { _, err := c.Lookup(t.Context()); return err }
	connect := func(c *Client) error { _, err := c.Connect(t.Context()); return err }
	handshake := func(c *Client) error { _, err := c.Handshake(t.Context()); return err }
	short := Limits{Connect: 150 * time.Millisecond}
	cases := map[string]struct {
		config Config
		step   func(*Client) error
		code   string
		says   string
	}{
		"unknown name":     {Config{Base: "http://vlm.nowhere.example", Resolver: resolver(vlmtest.KnowsNobody)}, lookup, "unknown_host", "There is no server called vlm.nowhere.example."},
		"silent resolver":  {Config{Base: "http://vlm.nowhere.example", Resolver: resolver(vlmtest.NeverConnects), Limits: short}, lookup, "connect_timeout", "150ms"},
		"nothing listens":  {Config{Base: nobody(t)}, connect, "refused", "nothing listens"},
		"never connects":   {Config{Base: "http://192.0.2.1", Transport: unconnected(), Limits: short}, connect, "connect_timeout", "150ms"},
		"untrusted":        {Config{Base: untrusted.URL}, handshake, "tls", "not trusted"},
		"https where http": {Config{Base: strings.Replace(plain.URL, "http:", "https:", 1)}, handshake, "tls", "does not speak https"},
		"silent in TLS":    {Config{Base: "https://" + vlmtest.Deaf(t), Limits: short}, handshake, "tls", "does not answer in https"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			f := checkFault(t, test.step(clientOf(t, test.config)), test.code, fault.Backend)
			if !strings.Contains(f.Message, test.says) {
				t.Errorf("it says %q", f.Message)
			}
		})
	}
}

func resolver(dial func(context.Context, string, string) (net.Conn, error)) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: dial}
}

func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func unconnected() *http.Transport {
	transport := newTransport(time.Minute, nil, nil)
	transport.DialContext = vlmtest.NeverConnects
	return transport
}

// TestWrongCertificatesAreToldApart makes certificates of its own: one that ran out, one for another name.
func TestWrongCertificatesAreToldApart(t *testing.T) {
	cases := map[string]struct {
		names []string
		until time.Time
		says  string
	}{
		"ran out":      {nil, time.Now().Add(-48 * time.Hour), "ran out on " + time.Now().UTC().Add(-48*time.Hour).Format(time.DateOnly)},
		"another name": {[]string{"lab.example"}, time.Now().Add(time.Hour), "made for another name"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t, test.names, test.until)}}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			client := clientOf(t, Config{Base: server.URL, CAFile: caFile(t, server.Certificate())})
			_, err := client.Handshake(t.Context())
			if f := checkFault(t, err, "tls", fault.Backend); !strings.Contains(f.Message, test.says) {
				t.Errorf("it says %q", f.Message)
			}
		})
	}
}

func certificate(t *testing.T, names []string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: until.Add(-1000 * time.Hour), NotAfter: until.UTC(), DNSNames: names,
		IsCA: true, BasicConstraintsValid: true,
	}
	if names == nil {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// TestWayGoesByTheProxyThatQuestionsGoBy has a proxy that carries bytes to wherever it is told.
func TestWayGoesByTheProxyThatQuestionsGoBy(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{TLS: true})
	proxy, address := carrying(t, strings.TrimSuffix(strings.TrimPrefix(server.URL, "https://"), "/v1"))
	client := clientOf(t, Config{Base: "https://example.com/v1", CAFile: caFile(t, server.Certificate())}) // a name of the certificate's
	client.transport.(*http.Transport).Proxy = http.ProxyURL(proxy)
	connected, err := client.Connect(t.Context())
	if err != nil || connected != address+" (a proxy)" {
		t.Errorf("connected to %s, %v", connected, err)
	}
	if state, err := client.Handshake(t.Context()); err != nil || !state.PeerCertificates[0].Equal(server.Certificate()) {
		t.Errorf("agreed on %+v, %v", state, err)
	}
	gone := *proxy
	gone.Host = nobody(t)
	client.transport.(*http.Transport).Proxy = http.ProxyURL(&gone)
	_, err = client.Connect(t.Context())
	if f := checkFault(t, err, "proxy", fault.Backend); !strings.Contains(f.Message, gone.Host) || !strings.Contains(f.Hint, "HTTPS_PROXY") {
		t.Errorf("it says %q and hints %q", f.Message, f.Hint)
	}
}

func carrying(t *testing.T, to string) (proxy *url.URL, address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, err := net.Dial("tcp", to)
		if err != nil || r.Method != http.MethodConnect || r.Host != "example.com:443" {
			t.Errorf("%s %s: %v", r.Method, r.Host, err)
			return
		}
		defer there.Close()
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer here.Close()
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = io.Copy(there, here)
			there.Close()
		}()
		_, _ = io.Copy(here, there)
		here.Close()
		<-done
	}))
	t.Cleanup(server.Close)
	proxy, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return proxy, proxy.Host
}

func TestWhetherAKeyMatters(t *testing.T) {
	const key = "sk-right-key"
	cases := map[string]struct {
		script       vlmtest.Script
		key          string
		has, matters bool
	}{
		"none is there":  {vlmtest.Script{}, "", false, false},
		"wanted":         {vlmtest.Script{Key: key}, key, true, true},
		"not asked for":  {vlmtest.Script{}, key, true, false},
		"an open list":   {vlmtest.Script{Key: key, OpenList: true}, key, true, false},
		"forbidden else": {vlmtest.Script{RefuseList: &vlmtest.Refusal{Status: 403, Body: "{}"}}, key, true, true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			server := vlmtest.Start(t, test.script)
			client := clientOf(t, Config{Base: server.URL, Key: func(context.Context) (string, error) { return test.key, nil }})
			has, matters, err := client.KeyMatters(t.Context())
			if err != nil || has != test.has || matters != test.matters {
				t.Errorf("has %v, matters %v, %v", has, matters, err)
			}
		})
	}
}

func TestJSONIsAskedForWhereTheServerTakesIt(t *testing.T) {
	client, server := serving(t, vlmtest.Script{Sees: true})
	answer, err := client.AskJSON(t.Context(), vlmtest.Question("Answer in JSON."), nil)
	if call := server.Last(); err != nil || call.Format != "json_object" || !strings.HasPrefix(answer.Text, "{") {
		t.Errorf("asked for %q, answered %q, %v", call.Format, answer.Text, err)
	}
	answered(t, client, vlmtest.Question("?"))
	if call := server.Last(); call.Format != "" {
		t.Errorf("a plain question asked for %q", call.Format)
	}
	server.Change(vlmtest.Script{RefuseFormat: true})
	before := len(server.Calls())
	for range 2 {
		if _, err := client.AskJSON(t.Context(), vlmtest.Question("Answer in JSON."), nil); err != nil {
			t.Error(err)
		}
	}
	if n := len(server.Calls()) - before; n != 3 {
		t.Errorf("%d questions were sent for two", n)
	}
}
