package view

import (
	"context"
	"testing"

	"sightline/backend/fault"
	"sightline/backend/metrics"
)

func TestMetricsAreOffUntilAPersonWantsThem(t *testing.T) {
	p := open(t, t.TempDir())
	ctx := context.Background()
	if m := p.Metrics(ctx); m.On || m.Serving != metrics.DefaultAddress {
		t.Errorf("before anything was chosen: %+v", m)
	}
	m, err := p.SetMetrics(ctx, MetricsForm{On: true})
	if err != nil || !m.On || m.HasToken || m.Serving != metrics.DefaultAddress {
		t.Errorf("on this machine alone, which needs no token: %+v, %v", m, err)
	}
	if !p.Snapshot().Settings.Metrics.On {
		t.Error("the choice is not kept")
	}
}

func TestAddressThatOthersReachNeedsAToken(t *testing.T) {
	p := open(t, t.TempDir())
	ctx := context.Background()
	everywhere := MetricsForm{On: true, Address: " :9800 "}
	if _, err := p.SetMetrics(ctx, everywhere); fault.CodeOf(err) != metrics.CodeToken || p.Snapshot().Settings.Metrics.On {
		t.Fatalf("without a token it is refused with %v, and nothing changes", err)
	}
	everywhere.Token = "open-sesame"
	m, err := p.SetMetrics(ctx, everywhere)
	if err != nil || !m.HasToken || p.ring.keys["http://0.0.0.0:9800"] != "open-sesame" {
		t.Fatalf("with one: %+v, %v; the keyring has %v", m, err, p.ring.keys)
	}
	first := p.Snapshot().Settings.Metrics.Renewed
	everywhere.Token = ""
	if m, err = p.SetMetrics(ctx, everywhere); err != nil || !m.HasToken || p.Snapshot().Settings.Metrics.Renewed != first {
		t.Errorf("the token that is kept still holds: %+v, %v", m, err)
	}
	clear(p.ring.keys) // the keyring has lost it
	everywhere.On = false
	if m, err = p.SetMetrics(ctx, everywhere); err != nil || m.On {
		t.Errorf("switching off is always possible: %+v, %v", m, err)
	}
	everywhere.On, everywhere.Token = true, "another"
	if _, err = p.SetMetrics(ctx, everywhere); err != nil || p.Snapshot().Settings.Metrics.Renewed == first {
		t.Errorf("other windows hear that the token has changed: %v", err)
	}
}

func TestTokenGoesWithItsAddress(t *testing.T) {
	p := open(t, t.TempDir())
	ctx := context.Background()
	if _, err := p.SetMetrics(ctx, MetricsForm{On: true, Address: "0.0.0.0:9800", Token: "sesame"}); err != nil {
		t.Fatal(err)
	}
	m, err := p.SetMetrics(ctx, MetricsForm{On: true, Address: "127.0.0.1:9800"})
	if err != nil || m.HasToken || len(p.ring.keys) != 0 {
		t.Errorf("at another address the old token is neither used nor kept: %+v, %v, %v", m, err, p.ring.keys)
	}
	if _, err := p.SetMetrics(ctx, MetricsForm{On: true, Address: "nowhere"}); fault.CodeOf(err) != metrics.CodeAddress {
		t.Errorf("what is no address is refused with %v", err)
	}
}
