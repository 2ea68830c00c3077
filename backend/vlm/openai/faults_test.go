package openai

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm/vlmtest"
)

// trusting is a transport that trusts server's certificate.
func trusting(server *vlmtest.Server) *http.Transport {
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return newTransport(5*time.Second, &tls.Config{RootCAs: roots}, nil)
}

func refusedWith(status int, body string, header ...string) vlmtest.Script {
	refusal := &vlmtest.Refusal{Status: status, Body: body, Header: http.Header{}}
	for i := 0; i+1 < len(header); i += 2 {
		refusal.Header.Set(header[i], header[i+1])
	}
	return vlmtest.Script{Refuse: refusal}
}

func TestEveryFailureIsItsOwnFault(t *testing.T) {
	cases := map[string]struct {
		script vlmtest.Script
		code   string
		blame  fault.Blame
		says   string // in message or hint
	}{
		"unauthorised, no key":      {vlmtest.Script{Key: "sk-right-key"}, "unauthorized", fault.Backend, "Enter its API key"},
		"forbidden":                 {refusedWith(403, `{"error":{"message":"Not in your country."}}`), "forbidden", fault.Backend, "Not in your country."},
		"unknown model":             {vlmtest.Script{Models: []string{"llava", "moondream"}}, "unknown_model", fault.Question, "It has llava and moondream."},
		"unknown model, Ollama":     {refusedWith(404, `{"error":{"message":"model 'fake-vlm' not found","type":"api_error"}}`), "unknown_model", fault.Question, "fake-vlm"},
		"unknown model, LiteLLM":    {refusedWith(400, `{"error":{"message":"Invalid model name passed in model=fake-vlm. Call /v1/models"}}`), "unknown_model", fault.Question, "fake-vlm"},
		"no vision":                 {vlmtest.Script{Blind: true}, "no_vision", fault.Question, "vision model"},
		"no vision, llama.cpp":      {refusedWith(500, `{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}`), "no_vision", fault.Question, ""},
		"no vision, Ollama":         {refusedWith(400, `{"error":{"message":"this model does not support image input"}}`), "no_vision", fault.Question, ""},
		"no vision, LM Studio":      {refusedWith(400, `{"error":"Model does not support images. Please use a model that does."}`), "no_vision", fault.Question, ""},
		"no vision, OpenAI":         {refusedWith(400, `{"error":{"message":"Invalid content type. image_url is only supported by certain models."}}`), "no_vision", fault.Question, ""},
		"no vision, vLLM":           {refusedWith(400, `{"object":"error","message":"At most 0 image(s) may be provided in one request.","code":400}`), "no_vision", fault.Question, ""},
		"no vision, OpenRouter":     {refusedWith(404, `{"error":{"message":"No endpoints found that support image input","code":404}}`), "no_vision", fault.Question, ""},
		"no vision, text only":      {refusedWith(400, `{"error":{"message":"messages[0].content must be a string"}}`), "no_vision", fault.Question, ""},
		"too large":                 {refusedWith(413, "<html>Request Entity Too Large</html>", "Content-Type", "text/html"), "too_large", fault.Question, "smaller picture"},
		"rate limited":              {refusedWith(429, `{"error":{"message":"slow down"}}`), "rate_limited", fault.Backend, "less often"},
		"server error":              {refusedWith(500, `{"error":{"message":"CUDA out of memory\u0007\nsorry"}}`), "server_error", fault.Backend, "CUDA out of memory sorry"},
		"bad gateway":               {refusedWith(502, "<html><h1>Bad Gateway</h1></html>", "Content-Type", "text/html"), "server_error", fault.Backend, "status 502."},
		"unavailable":               {refusedWith(503, "loading model", "Content-Type", "text/plain"), "server_error", fault.Backend, "loading model"},
		"HTML":                      {vlmtest.Script{NoStream: true, PlainBody: "\n<!doctype html><title>Hello</title>", Type: "text/html"}, "not_openai", fault.Backend, "web page"},
		"HTML labelled JSON":        {vlmtest.Script{NoStream: true, PlainBody: "<html>"}, "not_openai", fault.Backend, "web page"},
		"404 plain text":            {refusedWith(404, "404 page not found", "Content-Type", "text/plain"), "not_openai", fault.Backend, "/v1"},
		"405":                       {refusedWith(405, "", "Content-Type", "text/plain"), "not_openai", fault.Backend, "/v1"},
		"http at an https port":     {refusedWith(400, "Client sent an HTTP request to an HTTPS server.\n", "Content-Type", "text/plain"), "not_openai", fault.Backend, "https://"},
		"plain babble":              {vlmtest.Script{NoStream: true, PlainBody: "Hello there", Type: "text/plain"}, "not_openai", fault.Backend, ""},
		"other JSON":                {vlmtest.Script{NoStream: true, PlainBody: `{"hello":1}`}, "malformed", fault.Backend, ""},
		"broken JSON":               {vlmtest.Script{NoStream: true, PlainBody: `{"choices":[{`}, "malformed", fault.Backend, ""},
		"JSON without end":          {vlmtest.Script{NoStream: true, Size: 100 << 20}, "malformed", fault.Backend, "far more"},
		"nothing at all":            {vlmtest.Script{NoStream: true, PlainBody: " ", Type: "text/plain"}, "empty", fault.Backend, ""},
		"error in one piece":        {vlmtest.Script{NoStream: true, PlainBody: `{"error":{"message":"the GPU fell off"}}`}, "server_error", fault.Backend, "the GPU fell off"},
		"error in the stream":       {vlmtest.Script{Chunks: []string{`{"error":{"message":"the GPU fell off","code":500}}`}}, "server_error", fault.Backend, "the GPU fell off"},
		"error string in stream":    {vlmtest.Script{Chunks: []string{`{"error":"the GPU fell off"}`}}, "server_error", fault.Backend, "the GPU fell off"},
		"refused in the stream":     {vlmtest.Script{Chunks: []string{`{"object":"error","message":"x is not a multimodal model","code":400}`}}, "no_vision", fault.Question, ""},
		"cut":                       {vlmtest.Script{NoDone: true, NoFinish: true, NoUsage: true}, "cut", fault.Backend, "broke off"},
		"hung up":                   {vlmtest.Script{HangUp: true}, "cut", fault.Backend, "without an answer"},
		"malformed event":           {vlmtest.Script{Chunks: []string{`{"choices":`, `{"choices":[]}`}}, "malformed", fault.Backend, "cannot be read"},
		"event of another kind":     {vlmtest.Script{Chunks: []string{`{"choices":"none"}`}}, "malformed", fault.Backend, "cannot be read"},
		"event without end":         {vlmtest.Script{Chunks: []string{`{"x":"` + strings.Repeat("x", 2<<20) + `"}`}}, "malformed", fault.Backend, "far more"},
		"empty answer":              {vlmtest.Script{Text: func(vlmtest.Call) string { return " \n" }}, "empty", fault.Backend, "empty"},
		"nothing but thinking":      {vlmtest.Script{Text: func(vlmtest.Call) string { return "" }, Thinking: "hm hm", Finish: "length"}, "empty", fault.Backend, "more tokens"},
		"bad request":               {refusedWith(400, `{"detail":[{"loc":["body"],"msg":"prompt is too long"}]}`), "bad_request", fault.Question, "prompt is too long."},
		"redirect to another host":  {vlmtest.Script{Redirect: "http://other.example:9/v1"}, "redirect", fault.Backend, "http://other.example:9/v1;"},
		"redirect to another port":  {vlmtest.Script{Redirect: "http://127.0.0.1:1/v1", RedirectStatus: 308}, "redirect", fault.Backend, "127.0.0.1:1"},
		"redirect, scheme":          {vlmtest.Script{Redirect: "https://127.0.0.1/v1", RedirectStatus: 301}, "redirect", fault.Backend, "https://127.0.0.1/v1"},
		"redirect in circles":       {vlmtest.Script{Redirect: "/v1"}, "redirect", fault.Backend, "circles"},
		"redirect losing its verb":  {vlmtest.Script{Redirect: "/v1", RedirectStatus: 302}, "redirect", fault.Backend, "has moved to"},
		"redirect with credentials": {vlmtest.Script{Redirect: "http://user:secret@other.example/v1"}, "redirect", fault.Backend, "http://other.example/v1;"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			client, server := serving(t, test.script)
			answer, err := ask(t, client, vlmtest.Question("What is there?"))
			f := checkFault(t, err, test.code, test.blame)
			if !strings.Contains(f.Message+" "+f.Hint, test.says) {
				t.Errorf("it says %q and hints %q", f.Message, f.Hint)
			}
			if answer.Sent.IsZero() || answer.Image.Width == 0 || answer.Exchange == nil || answer.Ended.IsZero() {
				t.Errorf("partial answer without what is known: %+v", answer)
			}
			if n := len(server.Calls()); n > 4 || test.script.Redirect == "" && n > 2 {
				t.Errorf("it was sent %d times", n)
			}
		})
	}
}

func checkFault(t testing.TB, err error, code string, blame fault.Blame) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("error %v is no fault", err)
	}
	if f.Code != "backend."+code || f.Blame != blame {
		t.Errorf("fault %s, blame %s (%s: %v)", f.Code, f.Blame, f.Message, f.Cause)
	}
	for _, sentence := range []string{f.Message, f.Hint} {
		if !strings.HasSuffix(sentence, ".") || strings.ContainsFunc(sentence, unwanted) || strings.Contains(sentence, "\n") {
			t.Errorf("no sentence: %q", sentence)
		}
	}
	if strings.Contains(f.Message+f.Hint, "secret") || f.Cause != nil && strings.Contains(f.Cause.Error(), "secret") {
		t.Errorf("it gives away a secret: %+v", f)
	}
	return f
}

func TestRefusedKeyIsToldFromAMissingOneAndNeverShown(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{Key: "sk-right-key"})
	client := clientOf(t, Config{Base: server.URL, Key: func(context.Context) (string, error) { return "sk-secret-key", nil }})
	answer, err := ask(t, client, vlmtest.Question("?"))
	if f := checkFault(t, err, "unauthorized", fault.Backend); !strings.Contains(f.Message, "did not accept the key") {
		t.Errorf("it says %q", f.Message)
	}
	if strings.Contains(answer.Exchange.Response, "sk-secret-key") {
		t.Errorf("the key is shown: %s", answer.Exchange.Response)
	}
	_, err = client.Models(t.Context())
	checkFault(t, err, "unauthorized", fault.Backend)
}

func TestServersMessageIsShortAndWithoutThePicture(t *testing.T) {
	body := `{"error":{"message":"bad input: data:image/jpeg;base64,` + strings.Repeat("QUJD", 3000) + ` and ` + strings.Repeat("so on ", 300) + `"}}`
	client, _ := serving(t, refusedWith(422, body))
	_, err := ask(t, client, vlmtest.Question("?"))
	f := checkFault(t, err, "bad_request", fault.Question)
	if len(f.Message) > 400 || strings.Contains(f.Message, "QUJDQUJD") {
		t.Errorf("message of %d bytes: %s", len(f.Message), f.Message)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	cases := map[string]struct {
		header   string
		from, to time.Duration
	}{
		"seconds": {"7", 7 * time.Second, 7 * time.Second},
		"date":    {time.Now().Add(time.Minute).UTC().Format(http.TimeFormat), 30 * time.Second, time.Minute},
		"past":    {time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat), 0, 0},
		"absurd":  {"1e300", longestRetry, longestRetry},
		"babble":  {"soon", 0, 0},
		"minus":   {"-5", 0, 0},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			client, _ := serving(t, refusedWith(429, `{}`, "Retry-After", test.header))
			_, err := ask(t, client, vlmtest.Question("?"))
			f := checkFault(t, err, "rate_limited", fault.Backend)
			if f.RetryAfter < test.from || f.RetryAfter > test.to {
				t.Errorf("retry after %v", f.RetryAfter)
			}
		})
	}
}

func TestEveryWaitHasItsDeadline(t *testing.T) {
	const short = 150 * time.Millisecond
	long := Limits{Connect: 20 * time.Second, FirstToken: 20 * time.Second, BetweenTokens: 20 * time.Second, Total: 20 * time.Second}
	with := func(change func(*Limits)) Limits {
		limits := long
		change(&limits)
		return limits
	}
	first := with(func(l *Limits) { l.FirstToken = short })
	between := with(func(l *Limits) { l.BetweenTokens = short })
	cases := map[string]struct {
		script vlmtest.Script
		limits Limits
		code   string
		text   bool // some came
	}{
		"silence before headers":             {vlmtest.Script{Silence: vlmtest.BeforeHeaders}, first, "silent", false},
		"silence before the first token":     {vlmtest.Script{Silence: vlmtest.BeforeFirstToken}, first, "silent", false},
		"comments are no token":              {vlmtest.Script{Silence: vlmtest.BeforeFirstToken, Alive: 10 * time.Millisecond}, first, "silent", false},
		"silence in mid-stream":              {vlmtest.Script{Silence: vlmtest.MidStream}, between, "stalled", true},
		"comments in mid-stream":             {vlmtest.Script{Silence: vlmtest.MidStream, Alive: 10 * time.Millisecond}, between, "stalled", true},
		"an answer without end":              {vlmtest.Script{Words: 1500, Between: 5 * time.Millisecond}, with(func(l *Limits) { l.Total = 4 * short }), "too_slow", true},
		"an answer in one piece, all at end": {vlmtest.Script{NoStream: true, Delay: time.Minute}, first, "silent", false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			server := vlmtest.Start(t, test.script)
			client := clientOf(t, Config{Base: server.URL, Limits: test.limits})
			answer, err := ask(t, client, vlmtest.Question("?"))
			checkFault(t, err, test.code, fault.Backend)
			if answer.Sent.IsZero() || (answer.Text != "") != test.text {
				t.Errorf("partial answer %+v", answer)
			}
			if !server.AwaitGone() {
				t.Error("the server was not told")
			}
		})
	}
}

func TestSlowServerThatAnswersInOnePieceHasAllTheTimeOnceItIsKnown(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{NoStream: true})
	limits := quick()
	limits.FirstToken = 500 * time.Millisecond
	client := clientOf(t, Config{Base: server.URL, Limits: limits})
	answered(t, client, vlmtest.Question("?"))
	server.Change(vlmtest.Script{NoStream: true, Delay: 800 * time.Millisecond})
	answered(t, client, vlmtest.Question("?"))
}

func TestServersThatCannotBeReached(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	untrusted := vlmtest.Start(t, vlmtest.Script{TLS: true})
	plain := vlmtest.Start(t, vlmtest.Script{})
	lookupFails := newTransport(time.Second, nil, nil)
	lookupFails.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}}
	}
	neverConnects := newTransport(time.Minute, nil, nil)
	neverConnects.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	cases := map[string]struct {
		base      string
		transport http.RoundTripper
		code      string
		says      string
	}{
		"nothing listens":   {nobody, nil, "refused", nobody},
		"unknown host":      {"http://nowhere.invalid", lookupFails, "unknown_host", "nowhere.invalid"},
		"untrusted":         {untrusted.URL, nil, "tls", "not trusted"},
		"https where http":  {strings.Replace(plain.URL, "http:", "https:", 1), nil, "tls", "http://"},
		"connect timed out": {"http://192.0.2.1", neverConnects, "connect_timeout", "firewall"},
		"another protocol":  {babbling(t), nil, "not_openai", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			limits := quick()
			if test.code == "connect_timeout" {
				limits.Connect = 100 * time.Millisecond
			}
			client := clientOf(t, Config{Base: test.base, Transport: test.transport, Limits: limits})
			answer, err := ask(t, client, vlmtest.Question("?"))
			f := checkFault(t, err, test.code, fault.Backend)
			if !strings.Contains(f.Message+f.Hint, test.says) {
				t.Errorf("it says %q and hints %q", f.Message, f.Hint)
			}
			if test.code != "not_openai" && !answer.Sent.IsZero() {
				t.Error("it says that the question was sent")
			}
		})
	}
}

// babbling listens, and speaks something that is not HTTP.
func babbling(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 16<<10))
			_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"))
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func TestRedirectElsewhereTakesNeitherKeyNorPictureAlong(t *testing.T) {
	elsewhere := vlmtest.Start(t, vlmtest.Script{})
	server := vlmtest.Start(t, vlmtest.Script{Redirect: elsewhere.URL})
	client := clientOf(t, Config{Base: server.URL, Key: func(context.Context) (string, error) { return "sk-secret-key", nil }})
	_, err := ask(t, client, vlmtest.Question("?"))
	f := checkFault(t, err, "redirect", fault.Backend)
	if !strings.Contains(f.Message, elsewhere.URL) {
		t.Errorf("it does not name the new address: %s", f.Message)
	}
	_, err = client.Models(t.Context())
	checkFault(t, err, "redirect", fault.Backend)
	if n := len(elsewhere.Calls()); n != 0 {
		t.Errorf("%d questions went elsewhere", n)
	}
}

func TestRedirectWithinTheOriginIsFollowed(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{})
	base := strings.TrimSuffix(server.URL, "/v1")
	moving := roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasPrefix(r.URL.Path, "/old/") {
			r.Body.Close()
			return &http.Response{
				StatusCode: http.StatusTemporaryRedirect, Body: http.NoBody, Request: r,
				Header: http.Header{"Location": {"/v1" + strings.TrimPrefix(r.URL.Path, "/old/v1")}},
			}, nil
		}
		return http.DefaultTransport.RoundTrip(r)
	})
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	client := clientOf(t, Config{Base: base + "/old/v1", Transport: moving, Key: func(context.Context) (string, error) { return "sk-key", nil }})
	answer := answered(t, client, vlmtest.Question("?"))
	if call := server.Last(); call.Hash() == "" || len(call.Picture) != len(answer.Image.JPEG) || call.Key != "sk-key" {
		t.Errorf("the server saw %+v", call)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }

func TestBrokenPictureIsTheSourcesFault(t *testing.T) {
	client, server := serving(t, vlmtest.Script{})
	good, err := sight.FromYCbCr(vlmtest.TestCard(64, 48)).JPEG(0, 80)
	if err != nil {
		t.Fatal(err)
	}
	cut := slices.Clone(good.JPEG[:len(good.JPEG)/2])
	clear(cut[len(cut)/2:])
	picture, err := sight.FromJPEG(cut)
	if err != nil {
		t.Fatalf("this picture is refused at once: %v", err)
	}
	q := vlmtest.Question("?")
	q.Frame.Picture, q.ImageEdge = picture, 32
	if _, err := ask(t, client, q); err == nil {
		t.Fatal("half a picture was sent as if it were whole")
	} else if f := fault.From(err); f.Blame != fault.Source {
		t.Errorf("fault %+v", f)
	}
	if n := len(server.Calls()); n != 0 {
		t.Errorf("%d questions were sent", n)
	}
}

func TestKeyThatCannotBeHadStopsTheQuestion(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{})
	locked := &fault.Error{Code: "keys.locked", Message: "Locked.", Hint: "Unlock it.", Blame: fault.Us}
	for _, test := range []struct {
		err  error
		code string
	}{{locked, "keys.locked"}, {errors.New("dbus"), "backend.key"}, {context.DeadlineExceeded, "backend.key"}} {
		client := clientOf(t, Config{Base: server.URL, Key: func(context.Context) (string, error) { return "", test.err }})
		if _, err := ask(t, client, vlmtest.Question("?")); fault.CodeOf(err) != test.code {
			t.Errorf("%v became %v", test.err, err)
		}
	}
	if n := len(server.Calls()); n != 0 {
		t.Errorf("%d questions were sent", n)
	}
}
