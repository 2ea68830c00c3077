package openai

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"path"
	"time"
)

// How long it may take, and may be, what a server tells of itself beside its API.
const (
	fetchLimit = 2 * time.Second
	fetchBytes = 4 << 20
)

// Fetch gets what a server tells of itself beside its API, such as "/metrics" or "/api/ps": at its root, which is what its base lies in
// (https://host/vllm for a base of https://host/vllm/v1, as a proxy may have it), and where there is no such thing, at the root of its host.
// The key goes along only where the server has refused the same without it. A redirect to elsewhere is not followed: its status is what the
// server said. body is nil where status is not 200. Fetch takes two seconds at most; errors are fault.Errors, or ctx's own.
func (c *Client) Fetch(ctx context.Context, path string) (status int, body []byte, err error) {
	limited, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	for _, root := range c.roots() {
		if status, body, err = c.fetchAt(limited, root.JoinPath(path)); err != nil || status != http.StatusNotFound {
			break
		}
	}
	switch {
	case err == nil:
		return status, body, nil
	case ctx.Err() != nil:
		return 0, nil, ctx.Err()
	case limited.Err() != nil:
		return 0, nil, c.fail("silent", "Try again; if it happens often, look at the server's log.", bare(err), "%s did not answer within %s.", c.name, inWords(fetchLimit))
	}
	return 0, nil, c.explain(err)
}

// roots is where a server's own pages may lie: beside its API, and at the root of its host where that is another place.
func (c *Client) roots() []*url.URL {
	host := &url.URL{Scheme: c.base.Scheme, Host: c.base.Host, Path: "/"}
	beside := *host
	beside.Path = cmp.Or(path.Dir(c.base.Path), "/")
	if beside.Path == host.Path {
		return []*url.URL{host}
	}
	return []*url.URL{&beside, host}
}

// fetchAt gets u, and once more with the key where it is refused without.
func (c *Client) fetchAt(ctx context.Context, u *url.URL) (status int, body []byte, err error) {
	status, body, err = c.get(ctx, u, "")
	if err != nil || status != http.StatusUnauthorized && status != http.StatusForbidden {
		return status, body, err
	}
	key, err := c.currentKey(ctx)
	if err != nil || key == "" {
		return status, nil, err
	}
	return c.get(ctx, u, key)
}

func (c *Client) get(ctx context.Context, u *url.URL, key string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, nil, err
	}
	c.address(req, key)
	resp, err := (&http.Client{Transport: c.transport, CheckRedirect: c.stayHere}).Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, resp.Body, refusalBytes) // so that the connection can be used again
		return resp.StatusCode, nil, nil
	}
	body, err = io.ReadAll(io.LimitReader(decoded(resp), fetchBytes+1))
	switch {
	case err != nil:
		return 0, nil, cutBy(err)
	case len(body) > fetchBytes:
		return 0, nil, errTooMuch
	}
	return resp.StatusCode, body, nil
}

// stayHere is checkRedirect where a redirect that is not followed is no fault.
func (c *Client) stayHere(req *http.Request, via []*http.Request) error {
	if c.checkRedirect(req, via) != nil {
		return http.ErrUseLastResponse
	}
	return nil
}
