package openai

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// How long a list of models may take, and may be.
const (
	modelsLimit = 10 * time.Second
	soonLimit   = 2 * time.Second // where it only makes a hint better
	mostModels  = 1000
	modelsBytes = 4 << 20
)

// Models lists the models the server offers, in its order. It takes 10 seconds at most. Errors are fault.Errors, or ctx's own.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	limited, cancel := context.WithTimeout(ctx, modelsLimit)
	defer cancel()
	key, err := c.currentKey(limited)
	if err != nil {
		return nil, err
	}
	models, err := c.listModels(limited, key)
	switch {
	case err == nil:
		return models, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, c.fail("silent", "Try again; if it happens often, look at the server's log.", err, "%s did not list its models within %s.", c.name, inWords(modelsLimit))
	}
	return nil, c.explain(err)
}

// modelsSoon is Models for a hint that is worth a short wait only.
func (c *Client) modelsSoon(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, soonLimit)
	defer cancel()
	models, _ := c.Models(ctx)
	return models
}

func (c *Client) listModels(ctx context.Context, key string) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath("models").String(), nil)
	if err != nil {
		return nil, err
	}
	c.address(req, key)
	resp, err := (&http.Client{Transport: c.transport, CheckRedirect: c.checkRedirect}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(decoded(resp), modelsBytes+1))
	switch {
	case resp.StatusCode >= http.StatusMultipleChoices:
		return nil, c.refusedBy(&refusal{status: resp.StatusCode, header: resp.Header, body: body, key: key}, "", func() []string { return nil })
	case err != nil:
		return nil, cutBy(err)
	case len(body) > modelsBytes:
		return nil, errTooMuch
	}
	found, err := parseModels(body)
	if err != nil {
		return nil, errBabble
	}
	return found.ids(), nil
}

// modelList is what GET /v1/models answers; some servers leave out all but the list.
type modelList []struct {
	ID      string `json:"id"`
	OwnedBy string `json:"owned_by"`
}

var errNoList = errors.New("no list of models")

func parseModels(body []byte) (modelList, error) {
	var list modelList
	if json.Unmarshal(body, &list) == nil && list != nil {
		return list, nil
	}
	var object struct {
		Object string     `json:"object"`
		Data   *modelList `json:"data"`
	}
	switch err := json.Unmarshal(body, &object); {
	case err != nil:
		return nil, err
	case object.Data != nil:
		return *object.Data, nil
	case object.Object == "list": // Ollama without models says null
		return nil, nil
	}
	return nil, errNoList
}

// ids is the models' names, each once, fit to be shown.
func (l modelList) ids() []string {
	seen := make(map[string]bool)
	ids := make([]string, 0, min(len(l), mostModels))
	for _, m := range l {
		id := clean(m.ID)
		if id == "" || id != m.ID || len(id) > 200 || seen[id] || len(ids) == mostModels {
			continue
		}
		seen[id] = true
		ids = append(ids, id)
	}
	return ids
}

// Place is where a kind of server usually listens on this machine.
type Place struct {
	Name string // "Ollama"
	URL  string // its base
}

// Found is a server that answers on this machine.
type Found struct {
	Name   string
	URL    string // its base
	Models []string
}

// Places is where servers listen unless told otherwise.
func Places() []Place {
	return []Place{
		{"Ollama", "http://127.0.0.1:11434/v1"},
		{"vLLM", "http://127.0.0.1:8000/v1"},
		{"SGLang", "http://127.0.0.1:30000/v1"},
		{"llama.cpp", "http://127.0.0.1:8080/v1"},
		{"LM Studio", "http://127.0.0.1:1234/v1"},
	}
}

// Discover asks each place for its models, all at once, for a second at most, and gives those that answer as an OpenAI-compatible server
// would, in the order of places (none: those of Places). It sends neither key nor picture and follows no redirect.
func Discover(ctx context.Context, places ...Place) []Found {
	if len(places) == 0 {
		places = Places()
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10}
	defer transport.CloseIdleConnections()
	results := make([]chan *Found, len(places))
	for i, place := range places {
		results[i] = make(chan *Found, 1)
		go func() { results[i] <- probe(ctx, transport, place) }()
	}
	var found []Found
	for _, result := range results {
		if f := <-result; f != nil {
			found = append(found, *f)
		}
	}
	return found
}

func probe(ctx context.Context, transport http.RoundTripper, place Place) *Found {
	base, err := url.Parse(place.URL)
	if err != nil {
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath("models").String(), nil)
	if err != nil {
		return nil
	}
	resp, err := transport.RoundTrip(req) // beneath http.Client nothing follows redirects
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, modelsBytes))
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil
	}
	models, err := parseModels(body)
	if err != nil {
		return nil
	}
	return &Found{Name: models.maker(place.Name), URL: place.URL, Models: models.ids()}
}

// maker is the server's name as its models tell it, else byPort: ports are only a custom.
func (l modelList) maker(byPort string) string {
	names := map[string]string{"vllm": "vLLM", "sglang": "SGLang", "llamacpp": "llama.cpp"}
	if len(l) > 0 && names[l[0].OwnedBy] != "" {
		return names[l[0].OwnedBy]
	}
	return byPort
}
