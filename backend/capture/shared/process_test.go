package shared

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// TestKilledHolderIsFollowedWithinTwoSeconds kills the holder among three processes, again and again: SIGHTLINE_HANDOVERS times, else ten.
func TestKilledHolderIsFollowedWithinTwoSeconds(t *testing.T) {
	times := 10
	if text := os.Getenv("SIGHTLINE_HANDOVERS"); text != "" {
		var err error
		if times, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	players := []*player{play(t, dir), play(t, dir), play(t, dir)}
	holder := settled(t, players, 0)
	var gaps []time.Duration
	for range times {
		i := slices.IndexFunc(players, func(p *player) bool { return p.pid() == holder })
		if i < 0 {
			t.Fatalf("the holder %d is none of us", holder)
		}
		killed := time.Now()
		players[i].kill()
		players = slices.Delete(players, i, i+1)
		next := settled(t, players, holder)
		for _, p := range players {
			gap := p.first(next).Sub(killed)
			if gaps = append(gaps, gap); gap > 2*time.Second {
				t.Errorf("process %d saw the next picture after %v", p.pid(), gap)
			}
			if at, opened := p.opening(); opened && p.pid() == next && !at.After(killed) {
				t.Errorf("process %d opened the camera %v before the holder was killed", next, killed.Sub(at))
			}
		}
		holder, players = next, append(players, play(t, dir))
		if again := settled(t, players, 0); again != holder {
			t.Errorf("process %d took the camera from %d", again, holder)
		}
	}
	slices.Sort(gaps)
	t.Logf("%d hand-overs: a picture after %v (median), %v (longest)", times, gaps[len(gaps)/2], gaps[len(gaps)-1])
}

// settled waits until all see frames of the same holder, one that is not the one who was there before, and gives it.
func settled(t *testing.T, players []*player, before int) int {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); {
		holders := make(map[int]bool)
		for _, p := range players {
			holders[p.read(t)] = true
		}
		delete(holders, before)
		if len(holders) == 1 && !holders[0] {
			for holder := range holders {
				if allSee(players, holder) {
					return holder
				}
			}
		}
	}
	t.Fatal("the windows do not agree on one holder")
	return 0
}

func allSee(players []*player, holder int) bool {
	return !slices.ContainsFunc(players, func(p *player) bool { return p.holder != holder })
}

// player is one window in a process of its own.
type player struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	lines  *bufio.Scanner
	holder int // who held the camera at the newest frame
	firsts map[int]time.Time
	opened time.Time
}

func play(t *testing.T, dir string) *player {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), playIn+"="+dir)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &player{cmd: cmd, stdin: stdin, lines: bufio.NewScanner(stdout), firsts: make(map[int]time.Time)}
	t.Cleanup(p.kill)
	return p
}

func (p *player) pid() int { return p.cmd.Process.Pid }

// kill gives the process no chance to do anything more.
func (p *player) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.stdin.Close()
}

func (p *player) first(holder int) time.Time { return p.firsts[holder] }

func (p *player) opening() (time.Time, bool) { return p.opened, !p.opened.IsZero() }

// read takes in the next line, and gives who held the camera at the newest frame.
func (p *player) read(t *testing.T) int {
	t.Helper()
	if !p.lines.Scan() {
		t.Fatalf("process %d has ended: %v", p.pid(), p.lines.Err())
	}
	var what string
	var holder, number int
	var at int64
	if _, err := fmt.Sscan(p.lines.Text(), &what, &at, &holder, &number); err != nil {
		t.Fatalf("process %d says %q", p.pid(), p.lines.Text())
	}
	switch what {
	case "open":
		p.opened = time.Unix(0, at)
	case "frame":
		if _, known := p.firsts[holder]; !known {
			p.firsts[holder] = time.Unix(0, at)
		} else if holder != p.holder {
			t.Errorf("process %d saw %d hold the camera, then %d, then %d again", p.pid(), holder, p.holder, holder)
		}
		p.holder = holder
	default:
		t.Fatalf("process %d: %s", p.pid(), p.lines.Text())
	}
	return p.holder
}

const playIn = "SIGHTLINE_PLAY_WINDOW_IN"

// played is the life of a player: a window that tells on standard output what it sees, until its standard input ends.
func played() bool {
	dir := os.Getenv(playIn)
	if dir == "" {
		return false
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	inner := capture.Scheme{Name: "camera", Open: func(capture.URI) (capture.Source, error) { return device(dir), nil }}
	src, err := Scheme(inner, filepath.Join(dir, "cameras")).Open(capture.URI{Scheme: "camera"})
	if err == nil {
		err = src.Run(ctx, func(f sight.Frame) {
			if img, err := f.Picture.Planes(); err == nil {
				fmt.Println("frame", time.Now().UnixNano(), binary.LittleEndian.Uint32(img.Y), binary.LittleEndian.Uint32(img.Y[4:]))
			}
		})
	}
	fmt.Println("end", 0, 0, 0, fault.CodeOf(err))
	return true
}

// device is a camera that one process at a time can open, whoever holds whatever lock, as the system sees to it with a real one.
type device string

func (d device) Run(ctx context.Context, put func(sight.Frame)) error {
	lock := flock.New(filepath.Join(string(d), "device"))
	if got, err := lock.TryLock(); err != nil || !got {
		return &fault.Error{Code: "camera.busy", Message: "It is in use.", Blame: fault.Source, Cause: err}
	}
	defer lock.Unlock()
	fmt.Println("open", time.Now().UnixNano(), os.Getpid(), 0)
	return capture.Ticks(30).Run(ctx, func(n int) error {
		img := planes(n, 64, 48, image.YCbCrSubsampleRatio420)
		binary.LittleEndian.PutUint32(img.Y, uint32(os.Getpid()))
		binary.LittleEndian.PutUint32(img.Y[4:], uint32(n))
		put(sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(img)})
		return nil
	})
}
