package wiring

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"sightline/backend/keys"
	"sightline/backend/settings"
)

// telling is a server that says how much it has to do.
func telling(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metrics" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name=\"m\"} 3\n"))
	}))
	t.Cleanup(server.Close)
	return server
}

func TestEveryServerThatIsAskedTellsOfItsWork(t *testing.T) {
	servers := NewServers(keys.New(ring{}))
	defer servers.Close()
	one, two, mute := telling(t), telling(t), httptest.NewServer(http.NotFoundHandler())
	defer mute.Close()
	l := newLoads(servers)
	defer l.close()
	asked := []settings.Backend{
		{ID: "a", URL: one.URL + "/v1", Replicas: []string{two.URL + "/v1"}}, {ID: "b", URL: mute.URL + "/v1"}, {ID: "c", URL: one.URL + "/v1"}, {ID: "d", URL: "no address"},
	}
	told := l.read(context.Background(), asked)
	if len(told) != 2 || told[0].Server != "vLLM" || told[0].Running == nil || *told[0].Running != 3 {
		t.Fatalf("two of three servers tell, each once: %+v", told)
	}
	if told = l.read(context.Background(), asked[1:2]); len(told) != 0 || len(l.readers) != 1 {
		t.Errorf("those that are asked no more are forgotten: %+v, %d readers", told, len(l.readers))
	}
}

func TestEnergyIsMeasuredOfServersOnThisMachineOnly(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true, "::ffff:127.0.0.1": true, "gpu-box": false, "8.8.8.8": false, "example.com": false,
	} {
		if got := here(host); got != want {
			t.Errorf("%s is this machine: %t", host, got)
		}
	}
}
