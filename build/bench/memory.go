package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// windowsMemory compares the memory of one window and of three, all their processes together, with a bare Wails window's in the same run.
func (b *bench) windowsMemory() error {
	var bare, ours [2]float64
	for i, count := range []int{1, 3} {
		var err error
		if bare[i], err = b.memoryOf("barewindow", count); err != nil {
			return fmt.Errorf("bare: %w", err)
		}
		if ours[i], err = b.memoryOf("sightline", count); err != nil {
			return err
		}
	}
	for i, count := range []int{1, 3} {
		report(fmt.Sprintf("PSS, %d bare", count), bare[i], "MB", "–", "–")
		report(fmt.Sprintf("PSS, %d with preview", count), ours[i], "MB", fmt.Sprintf("≤ %.0f", bare[i]+40*float64(count)), "–")
	}
	return nil
}

// memoryOf opens so many windows on one display and adds up what all their processes hold, after they have settled.
func (b *bench) memoryOf(program string, count int) (float64, error) {
	display, err := openScreen()
	if err != nil {
		return 0, err
	}
	defer display.close()
	env, logPath, err := b.home("images:" + b.pictures + "?fps=30")
	if err != nil {
		return 0, err
	}
	for n := range count {
		own := env
		var args []string
		if program == "sightline" && n > 0 {
			args = []string{"--window", fmt.Sprintf("w-%d", n), "--source", "images:" + b.pictures + "?fps=30"}
		}
		r, err := launch(filepath.Join(b.bin, program), own, display, args...)
		if err != nil {
			return 0, err
		}
		defer r.kill()
	}
	if err := drawnTimes(logPath, count); err != nil {
		return 0, err
	}
	time.Sleep(8 * time.Second)
	return pssOfAll("XDG_CONFIG_HOME=" + filepath.Dir(configOf(env)) + "\x00")
}

// drawnTimes waits until so many windows have drawn their first picture.
func drawnTimes(logPath string, count int) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		raw, _ := os.ReadFile(logPath) // not there yet, perhaps
		if strings.Count(string(raw), `msg="first picture drawn"`) >= count {
			return nil
		}
	}
	return errors.New("not every window has drawn a picture within a minute")
}

// pssOfAll adds up the memory of all processes with this in their environment: a window's own, and its web processes.
func pssOfAll(mark string) (float64, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	total := 0.0
	for _, dir := range dirs {
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || !strings.Contains(string(environ), mark) {
			continue // gone, or not ours
		}
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			return 0, err
		}
		pss, err := pssOf(pid)
		if err != nil {
			return 0, err
		}
		total += pss
	}
	return total, nil
}
