package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"sightline/backend/settings"
)

// crowd is how many processes ask a backend of several servers at once.
const crowd = 9

// replicas compares a backend of one server with one of three, each of which answers one question at a time.
func (b *bench) replicas() error {
	one, err := b.answersPerSecond(1)
	if err != nil {
		return err
	}
	three, err := b.answersPerSecond(3)
	if err != nil {
		return err
	}
	report("answers a second, one server", one, "", "–", "–")
	report("answers a second, three servers", three, "", "–", "–")
	report("ratio", three/one, "", "≥ 2.9", "–")
	return nil
}

func (b *bench) answersPerSecond(servers int) (float64, error) {
	var urls []string
	for range servers {
		s, err := serve(100*time.Millisecond, 1)
		if err != nil {
			return 0, err
		}
		defer s.close()
		urls = append(urls, s.url+"/v1")
	}
	env, err := b.homeWith(settings.Backend{ID: "several", Name: "several", URL: urls[0], Replicas: urls[1:], Model: "bench", InFlight: 1})
	if err != nil {
		return 0, err
	}
	const seconds = 15
	var runs []*run
	for range crowd {
		r, err := b.watchAs(env, "--every", "0", "--for", fmt.Sprintf("%ds", seconds))
		if err != nil {
			return 0, err
		}
		runs = append(runs, r)
	}
	answered := 0
	for _, r := range runs {
		lines, err := r.wait()
		if err != nil {
			return 0, err
		}
		answered += len(sent(lines))
	}
	return float64(answered) / seconds, nil
}

// failover is what an answer costs when the first of two servers hangs: its deadline of two seconds and not much more.
func (b *bench) failover() error {
	hangs, err := serve(time.Hour, 64)
	if err != nil {
		return err
	}
	defer hangs.close()
	works, err := serve(20*time.Millisecond, 64)
	if err != nil {
		return err
	}
	defer works.close()
	const deadline = 2 * time.Second
	var extra []float64
	for range 5 {
		env, err := b.homeWith(settings.Backend{
			ID: "several", Name: "several", URL: hangs.url + "/v1", Replicas: []string{works.url + "/v1"}, Model: "bench",
			Times: settings.TimeLimits{FirstToken: deadline.Seconds()},
		})
		if err != nil {
			return err
		}
		// A new process knows nothing of either server: of its first two answers, one has met the server that hangs.
		r, err := b.watchAs(env, "--every", "0", "--answers", "2", "--for", "30s")
		if err != nil {
			return err
		}
		lines, err := r.wait()
		if err != nil {
			return err
		}
		slowest := 0.0
		for _, l := range sent(lines) {
			slowest = max(slowest, l.TotalMS+*l.AgeMS)
		}
		extra = append(extra, slowest-deadline.Seconds()*1000)
	}
	report("beyond the deadline, p50 (answer 20)", quantile(extra, 0.5), "ms", "≤ 100", "–")
	return nil
}

// homeWith is a home of its own, with one saved backend.
func (b *bench) homeWith(backend settings.Backend) ([]string, error) {
	env, _, err := b.home("sample:")
	if err != nil {
		return nil, err
	}
	common := settings.DefaultSettings()
	common.Backends = []settings.Backend{backend}
	raw, err := json.Marshal(common)
	if err != nil {
		return nil, err
	}
	return env, os.WriteFile(filepath.Join(configOf(env), "settings.json"), raw, 0o600)
}

// watchAs asks the saved backend "several" about the pictures.
func (b *bench) watchAs(env []string, args ...string) (*run, error) {
	all := append([]string{"watch", "--source", "images:" + b.pictures + "?fps=30", "--backend", "several", "--json"}, args...)
	cmd := exec.Command(filepath.Join(b.bin, "sightline-cli"), all...)
	cmd.Env = env
	return start(cmd)
}
