package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sightline/backend/settings"
)

// screen is a virtual display for one window.
type screen struct {
	display string
	cmd     *exec.Cmd
}

func openScreen() (*screen, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1600x1000x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	write.Close()
	var number int
	if _, err := fmt.Fscan(read, &number); err != nil {
		return nil, fmt.Errorf("Xvfb did not start: %w", err)
	}
	return &screen{display: fmt.Sprintf(":%d", number), cmd: cmd}, nil
}

func (s *screen) close() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // killed: its error says so
}

// home is a place for one program's files, with a window that watches source.
func (b *bench) home(source string) (env []string, logPath string, err error) {
	home, err := os.MkdirTemp(b.dir, "home")
	if err != nil {
		return nil, "", err
	}
	window := settings.DefaultWindow("main")
	window.Source = source
	raw, err := json.Marshal(window)
	if err != nil {
		return nil, "", err
	}
	config := filepath.Join(home, "config", "sightline", "windows")
	run := filepath.Join(home, "run")
	if err := errors.Join(os.MkdirAll(config, 0o700), os.MkdirAll(run, 0o700), os.WriteFile(filepath.Join(config, "main.json"), raw, 0o600)); err != nil {
		return nil, "", err
	}
	env = append(os.Environ(),
		"HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_STATE_HOME="+filepath.Join(home, "state"),
		"XDG_RUNTIME_DIR="+run, "XDG_CACHE_HOME="+filepath.Join(home, "cache"))
	return env, filepath.Join(home, "state", "sightline", "sightline.log"), nil
}

// configOf is the settings' folder of a home.
func configOf(env []string) string {
	for _, v := range slices.Backward(env) {
		if dir, ok := strings.CutPrefix(v, "XDG_CONFIG_HOME="); ok {
			return filepath.Join(dir, "sightline")
		}
	}
	return ""
}

// window measures the Go process of a real window that shows a source at 30 fps.
func (b *bench) window(source string, goal int) error {
	display, err := openScreen()
	if err != nil {
		return err
	}
	defer display.close()
	env, logPath, err := b.home(source)
	if err != nil {
		return err
	}
	r, err := launch(filepath.Join(b.bin, "sightline"), env, display)
	if err != nil {
		return err
	}
	defer r.kill()
	if _, err := drawnAfter(logPath, time.Now()); err != nil {
		return err
	}
	used, err := r.load(5*time.Second, 15*time.Second)
	if err != nil {
		return err
	}
	report("CPU of the Go process", used.cpu, "% of a core", fmt.Sprintf("≤ %d", goal), "–")
	report("PSS of the Go process", used.pss, "MB", "–", "–")
	return nil
}

// firstDraw compares the time to the first picture with a bare Wails window's, one after the other, five times each.
func (b *bench) firstDraw() error {
	var ours, bare []float64
	for range 5 {
		for _, p := range []struct {
			program string
			times   *[]float64
		}{{"sightline", &ours}, {"barewindow", &bare}} {
			ms, err := b.timeFirstDraw(filepath.Join(b.bin, p.program))
			if err != nil {
				return fmt.Errorf("%s: %w", p.program, err)
			}
			*p.times = append(*p.times, ms)
		}
	}
	report("a bare Wails window", quantile(bare, 0.5), "ms", "–", "–")
	report("Sightline", quantile(ours, 0.5), "ms", "bare + 500", "–")
	return nil
}

func (b *bench) timeFirstDraw(program string) (float64, error) {
	display, err := openScreen()
	if err != nil {
		return 0, err
	}
	defer display.close()
	env, logPath, err := b.home("sample:")
	if err != nil {
		return 0, err
	}
	start := time.Now()
	r, err := launch(program, env, display)
	if err != nil {
		return 0, err
	}
	defer r.kill()
	return drawnAfter(logPath, start)
}

func launch(program string, env []string, display *screen, args ...string) (*run, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = append(env, "DISPLAY="+display.display, "WAYLAND_DISPLAY=")
	return start(cmd)
}

func (r *run) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait() // killed: its error says so
}

// drawnAfter waits for the page's word that it has drawn, in the log, and gives how long after start that was written, in ms.
func drawnAfter(logPath string, start time.Time) (float64, error) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		raw, err := os.ReadFile(logPath)
		if err != nil {
			continue // not there yet
		}
		for l := range strings.Lines(string(raw)) {
			if !strings.Contains(l, `msg="first picture drawn"`) {
				continue
			}
			stamp, _, _ := strings.Cut(strings.TrimPrefix(l, "time="), " ")
			at, err := time.Parse(time.RFC3339Nano, stamp)
			return at.Sub(start).Seconds() * 1000, err
		}
	}
	return 0, errors.New("no picture was drawn within a minute")
}
