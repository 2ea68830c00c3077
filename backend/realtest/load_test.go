//go:build real

package realtest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"sightline/backend/vlm/load"
	"sightline/backend/vlm/openai"
)

// TestRealOllamaTellsWhatItHasInMemory asks nothing but the server's address: that it is an Ollama is found out.
func TestRealOllamaTellsWhatItHasInMemory(t *testing.T) {
	client := ollama(t)
	reader := load.New(client.Base().Host, client.Fetch)
	before := reader.Read(t.Context())
	if before == nil || before.Server != "Ollama" || before.Host != client.Base().Host || len(before.Models) != 0 {
		t.Fatalf("before any question it tells %s", asJSON(before))
	}
	if _, err := client.Ask(t.Context(), about(card()), nil); err != nil {
		t.Fatal(err)
	}
	after := untilModels(t, reader)
	if len(after.Models) != 1 || after.Models[0].Name != tinyModel {
		t.Fatalf("after a question it tells %s", asJSON(after))
	}
	memory, gpu := after.Models[0].Memory, after.Models[0].GPUMemory
	if memory == nil || gpu == nil || *memory < 1<<20 || *gpu > *memory {
		t.Errorf("after a question it tells %s", asJSON(after))
	}
	t.Logf("it told %s", asJSON(after))
	quietlyAbsent(t, client)
}

// untilModels looks until there are models: Read gives the same for a second.
func untilModels(t *testing.T, reader *load.Reader) *load.Load {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if l := reader.Read(ctx); l != nil && len(l.Models) > 0 {
			return l
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it tells of no model")
		}
	}
}

// quietlyAbsent says what Ollama says where it has no such page: nothing, and no fault.
func quietlyAbsent(t *testing.T, client *openai.Client) {
	t.Helper()
	status, body, err := client.Fetch(t.Context(), "/metrics")
	if err != nil || status != 404 || body != nil {
		t.Errorf("it has metrics: %d %q, %v", status, body, err)
	}
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
