package openai

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/vlm/vlmtest"
)

func TestModelsAreListedInTheServersOrder(t *testing.T) {
	client, _ := serving(t, vlmtest.Script{Models: []string{"b", "a", "b", "bad\x00name", "c"}})
	models, err := client.Models(t.Context())
	if err != nil || !slices.Equal(models, []string{"b", "a", "c"}) {
		t.Errorf("%q, %v", models, err)
	}
}

func TestModelListsOfEveryShape(t *testing.T) {
	cases := map[string]struct {
		body string
		want []string
		code string
	}{
		"usual":         {`{"object":"list","data":[{"id":"a","created":1.5}]}`, []string{"a"}, ""},
		"bare":          {`[{"id":"a"},{"id":"b"}]`, []string{"a", "b"}, ""},
		"none":          {`{"object":"list","data":null}`, nil, ""},
		"empty":         {`{"data":[]}`, nil, ""},
		"another thing": {`{"hello":"world"}`, nil, "backend.not_openai"},
		"a web page":    {`<html>`, nil, "backend.not_openai"},
		"nothing":       {``, nil, "backend.not_openai"},
		"too much":      {`[` + strings.Repeat(" ", modelsBytes) + `]`, nil, "backend.malformed"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(test.body)) }))
			defer server.Close()
			client := clientOf(t, Config{Base: server.URL})
			models, err := client.Models(t.Context())
			client.Close()
			if fault.CodeOf(err) != test.code || !slices.Equal(models, test.want) {
				t.Errorf("%q, %v", models, err)
			}
		})
	}
}

func TestDiscoverFindsTheServersThatAnswerWithinASecond(t *testing.T) {
	ollama := vlmtest.Start(t, vlmtest.Script{Models: []string{"llava"}})
	wantsKey := vlmtest.Start(t, vlmtest.Script{Key: "sk-key"})
	redirects := vlmtest.Start(t, vlmtest.Script{Redirect: ollama.URL})
	vllm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Method != http.MethodGet {
			t.Errorf("a probe of %s with key %q", r.Method, r.Header.Get("Authorization"))
		}
		_, _ = w.Write([]byte(`{"object":"list","data":[{"id":"qwen","owned_by":"vllm"}]}`))
	}))
	defer vllm.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer page.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()

	began := time.Now()
	found := Discover(
		t.Context(), Place{"llama.cpp", vllm.URL + "/v1"}, Place{"Nobody", "http://127.0.0.1:1/v1"}, Place{"Ollama", ollama.URL},
		Place{"Silent", "http://" + silent.Addr().String() + "/v1"}, Place{"Page", page.URL + "/v1"}, Place{"Locked", wantsKey.URL}, Place{"Moved", redirects.URL},
	)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if len(found) != 2 || found[0].Name != "vLLM" || found[1].Name != "Ollama" || !slices.Equal(found[1].Models, []string{"llava"}) || found[1].URL != ollama.URL {
		t.Errorf("found %+v", found)
	}
	if n := len(ollama.Calls()); n != 0 {
		t.Errorf("%d questions were asked", n)
	}
}

func FuzzParseModels(f *testing.F) {
	for _, seed := range []string{`{"data":[{"id":"a"}]}`, `[{"id":"a"}]`, `{"object":"list"}`, `null`, `[null]`, `{"data":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := parseModels(body)
		if err == nil {
			for _, id := range list.ids() {
				if id == "" || id != clean(id) {
					t.Errorf("model %q", id)
				}
			}
		}
	})
}
