package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"sightline/backend/capture"
)

// line is what bench reads of a line of `watch --json`.
type line struct {
	Outcome  string    `json:"outcome"`
	Captured time.Time `json:"captured"`
	AgeMS    *float64  `json:"age_ms"`
	TotalMS  float64   `json:"total_ms"`
}

// run is a program under measurement.
type run struct {
	cmd *exec.Cmd
	out bytes.Buffer
	err bytes.Buffer
}

func start(cmd *exec.Cmd) (*run, error) {
	r := &run{cmd: cmd}
	cmd.Stdout, cmd.Stderr = &r.out, &r.err
	return r, cmd.Start()
}

// wait gives the lines it wrote.
func (r *run) wait() ([]line, error) {
	if err := r.cmd.Wait(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, r.err.String())
	}
	var lines []line
	scanner := bufio.NewScanner(&r.out)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var l line
		if err := json.Unmarshal(scanner.Bytes(), &l); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, scanner.Err()
}

// load is what a process uses: percent of a core, and MB of its share of memory.
type load struct{ cpu, pss float64 }

// load measures for a while, after letting the program settle.
func (r *run) load(settle, during time.Duration) (load, error) {
	return loadOf(r.cmd.Process.Pid, settle, during)
}

func loadOf(pid int, settle, during time.Duration) (load, error) {
	time.Sleep(settle)
	before, err := cpuTime(pid)
	if err != nil {
		return load{}, err
	}
	start := time.Now()
	time.Sleep(during)
	after, err := cpuTime(pid)
	if err != nil {
		return load{}, err
	}
	pss, err := pssOf(pid)
	return load{cpu: 100 * (after - before).Seconds() / time.Since(start).Seconds(), pss: pss}, err
}

// cpuTime reads utime and stime of /proc/PID/stat, in ticks of 10 ms.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

func pssOf(pid int) (float64, error) {
	rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(rollup)) {
		if rest, ok := strings.CutPrefix(l, "Pss:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1000, err
		}
	}
	return 0, fmt.Errorf("no Pss of process %d", pid)
}

// sent keeps the lines of frames that were asked about.
func sent(lines []line) []line {
	return slices.DeleteFunc(lines, func(l line) bool { return l.Outcome != "answered" || l.AgeMS == nil })
}

func ages(lines []line) []float64 {
	all := make([]float64, len(lines))
	for i, l := range lines {
		all[i] = *l.AgeMS
	}
	return all
}

// quantile is by nearest rank; 0 of nothing.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func captureURI() capture.URI { return capture.URI{Scheme: "sample"} }
