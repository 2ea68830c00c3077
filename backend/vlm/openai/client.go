// Package openai asks any OpenAI-compatible server.
//
// go-openai writes the question and reads the answer; beneath it lies a wire of our own (sending, stream) which times the bytes, bounds
// them, tells a finished answer from a cut one, and turns every server's dialect into the one go-openai reads.
package openai

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Config is what a Client needs to know. Only Base is needed.
type Config struct {
	// Base is the server's address as a person types it; see ParseBase.
	Base string

	// Name is how the server is called in answers and faults; empty: its host.
	Name string

	// Key gives the API key, empty for none. It is called for each question, with a context that ends within Limits.Connect; what it gives
	// goes to the origin of Base and nowhere else. Nil: there is no key.
	Key func(ctx context.Context) (string, error)

	Limits Limits

	// CAFile is a PEM file of certificates that the server's may be signed by, besides the system's; empty: none.
	CAFile string

	// Resolver looks up the server's name; nil: the system's.
	Resolver *net.Resolver

	// Transport carries the requests; nil: one of the Client's own, which is the only one to heed CAFile and Resolver.
	Transport http.RoundTripper
}

// Limits is how long a server may take. A limit that is not positive has its default.
type Limits struct {
	Connect       time.Duration // to a connection, name lookup and TLS included; default 5 s
	FirstToken    time.Duration // from the request's last byte to the first token, thought or text; default 60 s
	BetweenTokens time.Duration // from one token to the next; default 20 s
	Total         time.Duration // for all of a question, from Ask's call; default 5 min
}

func (l Limits) withDefaults() Limits {
	orElse := func(limit, byDefault time.Duration) time.Duration { return cmp.Or(max(limit, 0), byDefault) }
	return Limits{
		Connect:       orElse(l.Connect, 5*time.Second),
		FirstToken:    orElse(l.FirstToken, time.Minute),
		BetweenTokens: orElse(l.BetweenTokens, 20*time.Second),
		Total:         orElse(l.Total, 5*time.Minute),
	}
}

// Client asks one server. It implements vlm.Asker, remembers the server's dialect, and may be used by many goroutines at once.
type Client struct {
	base      *url.URL
	name      string
	key       func(ctx context.Context) (string, error)
	limits    Limits
	transport http.RoundTripper
	resolver  *net.Resolver

	mu     sync.Mutex
	speaks dialect
	model  string // the Client's own choice, once it had to make one
}

// New makes a Client and touches no network. A bad address and a certificate file that is none are fault.Errors.
func New(c Config) (*Client, error) {
	base, err := ParseBase(c.Base)
	if err != nil {
		return nil, err
	}
	client := &Client{
		base: base, name: cmp.Or(c.Name, base.Host), key: c.Key,
		limits: c.Limits.withDefaults(), transport: c.Transport, resolver: cmp.Or(c.Resolver, net.DefaultResolver),
	}
	if client.transport == nil {
		trusted, err := trust(c.CAFile)
		if err != nil {
			return nil, err
		}
		client.transport = newTransport(client.limits.Connect, trusted, c.Resolver)
	}
	return client, nil
}

// Base is the server's address in its normal form.
func (c *Client) Base() *url.URL {
	u := *c.base
	return &u
}

// Close lets go of idle connections. Questions under way go on, and the Client may still be used.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// newTransport is a transport that waits so long for a connection. Whom it trusts and who looks up names may be nil: the system.
func newTransport(connect time.Duration, trusted *tls.Config, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: connect, KeepAlive: 15 * time.Second, Resolver: resolver}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        trusted,
		TLSHandshakeTimeout:    connect,
		MaxIdleConnsPerHost:    8, // a few windows' worth; the default of 2 would dial anew for the third
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		WriteBufferSize:        64 << 10, // most pictures leave in one or two writes
		ForceAttemptHTTP2:      true,
		// A connection that died unnoticed (a laptop that slept) must not swallow one question after another.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
	}
}

func (c *Client) currentKey(ctx context.Context) (string, error) {
	if c.key == nil {
		return "", nil
	}
	limited, cancel := context.WithTimeout(ctx, c.limits.Connect)
	defer cancel()
	key, err := c.key(limited)
	if err != nil && ctx.Err() == nil {
		err = c.keyless(err)
	}
	return key, err
}

func (c *Client) dialect() dialect {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speaks
}

func (c *Client) learn(d dialect) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.speaks = d
}

// chooseModel is the model for a question that names none: the first the server lists, chosen once.
func (c *Client) chooseModel(ctx context.Context) (string, error) {
	c.mu.Lock()
	model := c.model
	c.mu.Unlock()
	if model != "" {
		return model, nil
	}
	models, err := c.Models(ctx)
	if err != nil {
		return "", err
	}
	if len(models) == 0 {
		return "", c.noModels()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.model = models[0]
	return models[0], nil
}

// forgetModel makes the next question without a model look again: the server has another one now.
func (c *Client) forgetModel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.model = ""
}
