package camera

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// lookAround is how long to look for who holds a camera, and mostHolders how many of them are named.
const (
	lookAround  = 200 * time.Millisecond
	mostHolders = 3
)

// holdersOf is the programs that have one of paths open, with their process numbers: "cheese (1234)". Others' programs are not ours to look
// into, and what takes long is left out.
func holdersOf(paths []string) []string { return root.holdersOf(paths, os.Getpid()) }

func (t tree) holdersOf(paths []string, own int) []string {
	var holders []string
	if len(paths) == 0 {
		return nil
	}
	proc := filepath.Join(string(t), "proc")
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil
	}
	until := time.Now().Add(lookAround)
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == own {
			continue
		}
		if len(holders) == mostHolders || time.Now().After(until) {
			break
		}
		process := filepath.Join(proc, entry.Name())
		if holds(process, paths) {
			holders = append(holders, fmt.Sprintf("%s (%d)", programOf(process), pid))
		}
	}
	return holders
}

// holds says whether a process has one of paths open.
func holds(process string, paths []string) bool {
	files := filepath.Join(process, "fd")
	entries, err := os.ReadDir(files)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if to, err := os.Readlink(filepath.Join(files, entry.Name())); err == nil && slices.Contains(paths, to) {
			return true
		}
	}
	return false
}

func programOf(process string) string {
	if name := word(process, "comm"); strings.TrimSpace(name) != "" {
		return name
	}
	return "another program"
}
