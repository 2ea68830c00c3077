package openai

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"sync"

	"sightline/backend/fault"
	"sightline/backend/origin"
)

// The way to the server, one step at a time, for whoever wants to know where it breaks. Each step goes anew and leaves nothing open, takes
// Limits.Connect at most, and goes by the proxy that questions would go by. Errors are fault.Errors, or ctx's own.

// Lookup is the addresses behind the server's name, or its proxy's. A name that is an address is its own.
func (c *Client) Lookup(ctx context.Context) ([]string, error) {
	host := c.gate().Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return []string{host}, nil
	}
	var addresses []string
	err := c.step(ctx, func(ctx context.Context) (err error) {
		addresses, err = c.resolver.LookupHost(ctx, host)
		return err
	})
	return addresses, err
}

// Connect opens a connection and closes it again. It gives the address at the other end, and says where that is a proxy's.
func (c *Client) Connect(ctx context.Context) (address string, err error) {
	gate := c.gate()
	err = c.step(ctx, func(ctx context.Context) error {
		conn, err := c.dial(ctx, net.JoinHostPort(gate.Hostname(), cmp.Or(gate.Port(), origin.Port(gate.Scheme), "80")))
		if err != nil {
			return err
		}
		address = conn.RemoteAddr().String()
		if c.proxy() != nil {
			address += " (a proxy)"
		}
		return conn.Close()
	})
	return address, err
}

// Handshake agrees on TLS and gives what was agreed, certificates included. Over http there is nothing to agree on: it is the zero state.
func (c *Client) Handshake(ctx context.Context) (tls.ConnectionState, error) {
	var shaken shake
	if c.base.Scheme != "https" {
		return shaken.state, nil
	}
	err := c.step(ctx, func(ctx context.Context) error { return c.shake(ctx, &shaken) })
	if fault.CodeOf(err) == "backend.connect_timeout" {
		err = c.fail("tls", "Check the port, and write the address with http:// if that is meant.", err, "%s does not answer in https at %s.", c.name, c.base.Host)
	}
	return shaken.agreed(), err
}

// KeyMatters reports whether there is a key, and whether the server lists its models only to one who has it.
func (c *Client) KeyMatters(ctx context.Context) (has, matters bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, modelsLimit)
	defer cancel()
	key, err := c.currentKey(ctx)
	if err != nil || key == "" {
		return false, false, err
	}
	_, err = c.listModels(ctx, "")
	switch code := fault.CodeOf(err); {
	case err == nil:
		return true, false, nil
	case code == "backend.unauthorized", code == "backend.forbidden":
		return true, true, nil
	case ctx.Err() != nil:
		return true, false, ctx.Err()
	}
	return true, false, c.explain(err)
}

// step does something on the way, within the time for a connection.
func (c *Client) step(ctx context.Context, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, c.limits.Connect)
	defer cancel()
	err := do(limited)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case c.proxy() != nil && !isTLS(err):
		hint := "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and that the proxy is on."
		return c.fail("proxy", hint, bare(err), "The proxy %s cannot be reached, or leads nowhere.", c.proxy().Host)
	case limited.Err() != nil:
		return c.tooSlow(tooLong{stage: connecting, limit: c.limits.Connect})
	}
	return c.explain(err)
}

// gate is where connections go: to the server, or to the proxy before it.
func (c *Client) gate() *url.URL {
	if proxy := c.proxy(); proxy != nil {
		return proxy
	}
	return c.base
}

func (c *Client) proxy() *url.URL {
	own, ok := c.transport.(*http.Transport)
	if !ok || own.Proxy == nil {
		return nil
	}
	proxy, err := own.Proxy(&http.Request{URL: c.base})
	if err != nil {
		return nil // the question itself will say so
	}
	return proxy
}

func (c *Client) dial(ctx context.Context, address string) (net.Conn, error) {
	if own, ok := c.transport.(*http.Transport); ok && own.DialContext != nil {
		return own.DialContext(ctx, "tcp", address)
	}
	return (&net.Dialer{Resolver: c.resolver}).DialContext(ctx, "tcp", address)
}

// shake is what became of a handshake. The HTTP client's hook runs in a goroutine of its own, perhaps after nobody waits any more.
type shake struct {
	mu    sync.Mutex
	done  bool
	state tls.ConnectionState
}

func (s *shake) agree(state tls.ConnectionState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done, s.state = true, state
}

func (s *shake) agreed() tls.ConnectionState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

func (s *shake) isDone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

// errShaken ends the request that a handshake was made for.
var errShaken = errors.New("the handshake is made")

// shake begins a request as any other is begun, by the proxy too, and ends it once TLS is agreed on. It carries no key.
func (c *Client) shake(ctx context.Context, shaken *shake) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err == nil && (c.proxy() == nil || !shakesProxy(state, c.proxy())) {
				shaken.agree(state)
				end(errShaken)
			}
		},
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath("models").String(), nil)
	if err != nil {
		return err
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := (&http.Client{Transport: c.fresh(), CheckRedirect: stay}).Do(req)
	if err == nil {
		resp.Body.Close()
	}
	if shaken.isDone() {
		return nil
	}
	return err
}

// shakesProxy tells the handshake with a proxy that itself speaks https from the one with the server behind it.
func shakesProxy(state tls.ConnectionState, proxy *url.URL) bool {
	return proxy.Scheme == "https" && state.ServerName == proxy.Hostname()
}

// fresh is a transport that keeps no connection and dials as the Client's own does. Without HTTP/2, whose connections outlive their request.
func (c *Client) fresh() *http.Transport {
	fresh := &http.Transport{
		DialContext: c.dialFor, TLSHandshakeTimeout: c.limits.Connect, DisableKeepAlives: true,
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	if own, ok := c.transport.(*http.Transport); ok {
		fresh.Proxy = own.Proxy
		if own.TLSClientConfig != nil {
			fresh.TLSClientConfig = &tls.Config{RootCAs: own.TLSClientConfig.RootCAs, MinVersion: tls.VersionTLS12}
		}
	}
	return fresh
}

func (c *Client) dialFor(ctx context.Context, _, address string) (net.Conn, error) {
	return c.dial(ctx, address)
}
