package view

import (
	"cmp"
	"context"
	"net"
	"strings"
	"time"

	"sightline/backend/metrics"
	"sightline/backend/settings"
)

// Metrics is what is told to Prometheus, as the settings show it.
type Metrics struct {
	On       bool   `json:"on"`
	Address  string `json:"address"` // as the person wrote it
	Serving  string `json:"serving"` // the address that holds
	HasToken bool   `json:"hasToken"`
}

// MetricsForm is what a person fills in.
type MetricsForm struct {
	On      bool   `json:"on"`
	Address string `json:"address"`
	Token   string `json:"token"` // empty: the one that is kept
}

// Metrics is what is told to Prometheus now.
func (v *View) Metrics(ctx context.Context) Metrics {
	v.mu.Lock()
	m := v.common.Metrics
	v.mu.Unlock()
	return Metrics{
		On: m.On, Address: m.Address, Serving: cmp.Or(m.Address, metrics.DefaultAddress),
		HasToken: v.Keys.Has(ctx, MetricsOrigin(m)),
	}
}

// SetMetrics switches metrics on or off, for all windows. An address that others reach is refused without a token.
func (v *View) SetMetrics(ctx context.Context, form MetricsForm) (Metrics, error) {
	m := settings.Metrics{On: form.On, Address: strings.TrimSpace(form.Address)}
	token := strings.TrimSpace(form.Token)
	known := token
	if known == "" && v.Keys.Has(ctx, MetricsOrigin(m)) {
		known = "kept"
	}
	if m.On { // switching off is never refused
		if err := metrics.Check(metrics.Settings{On: true, Address: m.Address, Token: known}); err != nil {
			return Metrics{}, err
		}
	}
	if token != "" {
		if _, err := v.Keys.Set(ctx, MetricsOrigin(m), token); err != nil {
			return Metrics{}, err
		}
	}
	var before settings.Metrics
	err := v.change(ctx, func(s *settings.Settings) error {
		before = s.Metrics
		m.Renewed = before.Renewed
		if token != "" {
			m.Renewed = time.Now().UTC().Format(time.RFC3339Nano)
		}
		s.Metrics = m
		return nil
	})
	if old := MetricsOrigin(before); err == nil && old != MetricsOrigin(m) {
		err = v.Keys.Delete(ctx, old)
	}
	return v.Metrics(ctx), err
}

// MetricsOrigin is where the keyring has the token of metrics: it belongs to the address they are served at.
func MetricsOrigin(m settings.Metrics) string {
	host, port, err := net.SplitHostPort(cmp.Or(m.Address, metrics.DefaultAddress))
	if err != nil {
		return ""
	}
	return "http://" + net.JoinHostPort(cmp.Or(host, "0.0.0.0"), port)
}
