package load

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"sightline/backend/vlm/openai"
)

// serve is a real server with one page, and a Reader of it by the client that would ask it questions.
func serve(t *testing.T, base, path, text string) *Reader {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(text))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client, err := openai.New(openai.Config{Base: server.URL + base, Key: func(ctx context.Context) (string, error) { return "sk-key", ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return New(client.Base().Host, client.Fetch)
}

func TestServersAreFoundByTheirAddressAlone(t *testing.T) {
	cases := map[string]struct{ base, path, file string }{
		"vLLM":      {"/v1", "/metrics", "vllm-v1-both-names.txt"},
		"SGLang":    {"/lab/sglang/v1", "/lab/sglang/metrics", "sglang-realtime.txt"},
		"TGI":       {"/lab/tgi/v1", "/metrics", "tgi-3.txt"},
		"llama.cpp": {"", "/metrics", "llamacpp.txt"},
		"Ollama":    {"/v1", "/api/ps", "ollama-ps.json"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := serve(t, c.base, c.path, recorded(t, c.file))
			l := r.Read(t.Context())
			if l == nil || l.Server != name {
				t.Fatalf("it told %+v", l)
			}
			if u, err := url.Parse("http://" + l.Host); err != nil || u.Port() == "" {
				t.Errorf("it is at %q", l.Host)
			}
		})
	}
}
